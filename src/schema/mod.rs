//! What a thing may have: attributes with their types, nested blocks, what is computed, sensitive or forces replacement.
