//! The reference's state format, version 4: read and written, so that a state can come and go.
