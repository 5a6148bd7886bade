//! Provisioners against what is really there.

mod sshd;
