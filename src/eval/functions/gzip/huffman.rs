//! Prefix codes of least total length within a limit.

/// The code of one symbol, with its first bit lowest, as the format writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) bits: u16,
    pub(super) length: u8,
}

/// A code for each symbol that occurs; those that do not have length zero.
pub(super) fn codes(frequencies: &[u32], longest: usize) -> Vec<Code> {
    let mut used: Vec<usize> = (0..frequencies.len()).filter(|symbol| frequencies[*symbol] > 0).collect();
    let mut lengths = vec![0_u8; frequencies.len()];
    if used.len() <= 2 {
        used.iter().for_each(|symbol| lengths[*symbol] = 1);
    } else {
        used.sort_by_key(|symbol| (frequencies[*symbol], *symbol));
        let weights: Vec<u64> = used.iter().map(|symbol| u64::from(frequencies[*symbol])).collect();
        // The rarest symbols come first and take the longest codes.
        let counts = leaf_counts(&weights, longest.min(used.len() - 1));
        for (position, symbol) in used.iter().enumerate() {
            let length = counts.iter().filter(|count| position < **count).count();
            lengths[*symbol] = u8::try_from(length).expect("at most fifteen");
        }
    }
    canonical(&lengths)
}

/// The number of bits for all symbols.
pub(super) fn cost(codes: &[Code], frequencies: &[u32]) -> usize {
    codes
        .iter()
        .zip(frequencies)
        .map(|(code, frequency)| usize::from(code.length) * *frequency as usize)
        .sum()
}

/// The codes that follow from their lengths: shorter ones first, and in order of symbols among equals.
pub(super) fn canonical(lengths: &[u8]) -> Vec<Code> {
    let mut codes = vec![Code::default(); lengths.len()];
    let mut next = 0_u16;
    for length in 1..=15_u8 {
        next <<= 1;
        for (code, _) in codes.iter_mut().zip(lengths).filter(|(_, own)| **own == length) {
            *code = Code { bits: next.reverse_bits() >> (16 - length), length };
            next += 1;
        }
    }
    codes
}

/// Package-merge: level by level, from the longest codes to the shortest, leaves are merged with pairs of the items of
/// the level below. Returns how many leaves (rarest first) are used in each level; the length of a symbol's code is the
/// number of levels that use it. Of a leaf and a pair with equal weight the pair comes first; this decides which symbol
/// gets the shorter code.
fn leaf_counts(weights: &[u64], levels: usize) -> Vec<usize> {
    // For each level, its items in order: the weight, and whether it is a leaf.
    let mut rows: Vec<Vec<(u64, bool)>> = Vec::with_capacity(levels);
    for _ in 0..levels {
        let pairs: Vec<u64> = rows
            .last()
            .map(|row| row.chunks_exact(2).map(|pair| pair[0].0 + pair[1].0).collect())
            .unwrap_or_default();
        let mut row = Vec::with_capacity(weights.len() + pairs.len());
        let (mut leaves, mut pairs) = (weights.iter().peekable(), pairs.iter().peekable());
        loop {
            match (leaves.peek(), pairs.peek()) {
                (Some(leaf), Some(pair)) if leaf < pair => row.push((*leaves.next().expect("peeked"), true)),
                (_, Some(_)) => row.push((*pairs.next().expect("peeked"), false)),
                (Some(_), None) => row.push((*leaves.next().expect("peeked"), true)),
                (None, None) => break,
            }
        }
        rows.push(row);
    }
    let mut taken = 2 * weights.len() - 2;
    rows.iter()
        .rev()
        .map(|row| {
            let leaves = row.iter().take(taken).filter(|(_, leaf)| *leaf).count();
            taken = 2 * (taken.min(row.len()) - leaves);
            leaves
        })
        .collect()
}
