//! Finds repetitions: hash chains over the last 32 KiB with one step of lazy evaluation.
//!
//! Everything is in memory, so there is no window to move; but Terraform's library has a window of 64 KiB that moves by
//! half, and what has left it cannot be matched. [`Matcher::base`] tracks where that window would be.

const WINDOW: usize = 1 << 15;
const SHORTEST: usize = 4;
const LONGEST: usize = 258;
/// The look-ahead below which Terraform's library waits for more data.
const MARGIN: usize = SHORTEST + LONGEST;
const HASH_BITS: u32 = 17;
/// A match of this length is not improved on.
const LAZY: usize = 16;
/// Tokens of one block.
const BLOCK: usize = 1 << 14;
/// A match of the shortest length is only used within this distance.
const NEAR: usize = 4096;

/// The compression effort.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// A match of this length ends the search.
    nice: usize,
    /// The number of candidates that are tried for one position.
    chain: usize,
}

impl Effort {
    /// The level for entries of ZIP archives.
    pub const FIVE: Self = Self { nice: 32, chain: 32 };
    /// The default level.
    pub const SIX: Self = Self { nice: 128, chain: 128 };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Literal(u8),
    Match { length: u16, distance: u16 },
}

#[derive(Clone, Copy)]
struct Found {
    length: usize,
    distance: usize,
}

pub(super) struct Matcher<'a> {
    data: &'a [u8],
    effort: Effort,
    /// By hash, one more than the last position with that hash.
    heads: Vec<usize>,
    /// By position modulo the window, one more than the position before it with the same hash.
    previous: Vec<usize>,
    index: usize,
    /// Where the window of Terraform's library begins, and where the data it has read ends.
    base: usize,
    end: usize,
    block_start: usize,
    tokens: Vec<Token>,
    best: Found,
    /// Whether the byte before the index is not written yet, because a match at the index may be better.
    pending: bool,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(data: &'a [u8], effort: Effort) -> Self {
        Self {
            data,
            effort,
            heads: vec![0; 1 << HASH_BITS],
            previous: vec![0; WINDOW],
            index: 0,
            base: 0,
            end: 0,
            block_start: 0,
            tokens: Vec::with_capacity(BLOCK),
            best: Found { length: SHORTEST - 1, distance: 0 },
            pending: false,
        }
    }

    /// Passes on the tokens of each block, with the original bytes if the window still has them all.
    pub(super) fn run(mut self, mut write: impl FnMut(&[Token], Option<&[u8]>)) {
        while self.end < self.data.len() {
            self.advance(false, &mut write);
            if self.index - self.base >= 2 * WINDOW - MARGIN {
                self.base += WINDOW;
            }
            self.end = self.data.len().min(self.base + 2 * WINDOW);
        }
        self.advance(true, &mut write);
        if self.pending {
            self.tokens.push(Token::Literal(self.data[self.index - 1]));
        }
        if !self.tokens.is_empty() {
            self.finish_block(self.index, &mut write);
        }
    }

    fn advance(&mut self, last: bool, write: &mut impl FnMut(&[Token], Option<&[u8]>)) {
        while self.index < self.end {
            let ahead = self.end - self.index;
            if ahead < MARGIN && !last {
                return;
            }
            let candidate = self.insert(self.index);
            let before = self.best;
            self.best = Found { length: SHORTEST - 1, distance: 0 };
            if ahead > before.length
                && before.length < LAZY
                && let Some(candidate) = candidate
                && let Some(found) = self.search(candidate, ahead)
            {
                self.best = found;
            }
            if before.length >= SHORTEST && self.best.length <= before.length {
                // Nothing better here, so the match found one byte ago is used.
                self.tokens.push(Token::Match {
                    length: u16::try_from(before.length).expect("at most 258"),
                    distance: u16::try_from(before.distance).expect("at most the window"),
                });
                for index in self.index + 1..self.index + before.length - 1 {
                    self.insert(index);
                }
                self.index += before.length - 1;
                self.pending = false;
                self.best = Found { length: SHORTEST - 1, distance: 0 };
                if self.tokens.len() == BLOCK {
                    self.finish_block(self.index, write);
                }
            } else {
                if self.pending {
                    self.tokens.push(Token::Literal(self.data[self.index - 1]));
                    if self.tokens.len() == BLOCK {
                        self.finish_block(self.index, write);
                    }
                }
                self.index += 1;
                self.pending = true;
            }
        }
    }

    fn finish_block(&mut self, end: usize, write: &mut impl FnMut(&[Token], Option<&[u8]>)) {
        let original = (self.block_start >= self.base).then(|| &self.data[self.block_start..end]);
        write(&self.tokens, original);
        self.tokens.clear();
        self.block_start = end;
    }

    /// Adds a position to its chain, and returns the one before it with the same hash.
    fn insert(&mut self, index: usize) -> Option<usize> {
        let bytes = self.data[..self.end].get(index..index + SHORTEST)?;
        let word = u32::from_be_bytes(bytes.try_into().expect("four bytes"));
        let hash = word.wrapping_mul(0x1e35_a7bd) >> (32 - HASH_BITS);
        let head = &mut self.heads[hash as usize];
        let before = *head;
        self.previous[index % WINDOW] = before;
        *head = index + 1;
        before.checked_sub(1)
    }

    /// The longest match at the index among the candidates of its chain, nearest first.
    fn search(&self, first: usize, ahead: usize) -> Option<Found> {
        let most = ahead.min(LONGEST);
        let enough = most.min(self.effort.nice);
        let oldest = self.base.max(self.index.saturating_sub(WINDOW));
        let here = &self.data[self.index..self.index + most];
        let mut length = SHORTEST - 1;
        let mut found = None;
        let mut candidate = first;
        for _ in 0..self.effort.chain {
            if candidate < oldest {
                break;
            }
            if self.data[candidate + length] == here[length] {
                let there = &self.data[candidate..candidate + most];
                let common = here.iter().zip(there).take_while(|(a, b)| a == b).count();
                let distance = self.index - candidate;
                if common > length && (common > SHORTEST || distance <= NEAR) {
                    length = common;
                    found = Some(Found { length, distance });
                    if length >= enough {
                        break;
                    }
                }
            }
            if candidate + WINDOW == self.index {
                // Its place in the chain was taken over by the index itself.
                break;
            }
            match self.previous[candidate % WINDOW].checked_sub(1) {
                Some(next) => candidate = next,
                None => break,
            }
        }
        found
    }
}
