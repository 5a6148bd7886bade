//! Writes each block in the smallest of three forms: stored, with the fixed codes, or with its own codes.

use super::huffman::{Code, canonical, codes, cost};
use super::matching::Token;

const LITERALS: usize = 286;
const DISTANCES: usize = 30;
const END: usize = 256;
/// The order in which the lengths of the code for code lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

pub(super) struct BlockWriter {
    bytes: Vec<u8>,
    bits: u64,
    count: u32,
}

/// The two codes of a block, and the cost of using them.
struct Scheme {
    literals: Vec<Code>,
    distances: Vec<Code>,
}

/// The code lengths of a block, run by run, with extra bits and how many of those.
struct Header {
    runs: Vec<(usize, u8, u32)>,
    codes: Vec<Code>,
    literals: usize,
    distances: usize,
    lengths: usize,
    cost: usize,
}

impl BlockWriter {
    /// Continues after bytes that are already written.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, bits: 0, count: 0 }
    }

    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.align();
        self.bytes
    }

    pub(super) fn write_empty(&mut self, last: bool) {
        self.write_stored_header(0, last);
    }

    /// Writes one block; it can only be stored if its original bytes are given.
    pub(super) fn write(&mut self, tokens: &[Token], original: Option<&[u8]>) {
        let (literals, mut distances) = frequencies(tokens);
        if distances.iter().all(|frequency| *frequency == 0) {
            // A code for distances must have at least one.
            distances[0] = 1;
        }
        let extra = extra_bits(&literals, &distances);
        let own = Scheme { literals: codes(&literals, 15), distances: codes(&distances, 15) };
        let fixed = fixed();
        let header = header(&own, &literals, &distances);
        let size =
            |scheme: &Scheme| cost(&scheme.literals, &literals) + cost(&scheme.distances, &distances) + extra;
        let (own_size, fixed_size) = (header.cost + size(&own), 3 + size(&fixed));
        let dynamic = own_size < fixed_size;
        let coded = own_size.min(fixed_size);

        if let Some(bytes) = original.filter(|bytes| bytes.len() <= 65535 && (bytes.len() + 5) * 8 < coded) {
            self.write_stored_header(bytes.len(), false);
            self.align();
            self.bytes.extend_from_slice(bytes);
            return;
        }
        if dynamic {
            self.write_header(&header);
            self.write_tokens(tokens, &own);
        } else {
            self.put(2, 3);
            self.write_tokens(tokens, &fixed);
        }
    }

    fn write_stored_header(&mut self, length: usize, last: bool) {
        self.put(u64::from(last), 3);
        self.align();
        let length = u16::try_from(length).expect("stored blocks are bounded by the format");
        self.put(u64::from(length), 16);
        self.put(u64::from(!length), 16);
    }

    fn write_header(&mut self, header: &Header) {
        self.put(4, 3);
        self.put((header.literals - 257) as u64, 5);
        self.put((header.distances - 1) as u64, 5);
        self.put((header.lengths - 4) as u64, 4);
        for symbol in &ORDER[..header.lengths] {
            self.put(u64::from(header.codes[*symbol].length), 3);
        }
        for (symbol, extra, bits) in &header.runs {
            self.put_code(header.codes[*symbol]);
            self.put(u64::from(*extra), *bits);
        }
    }

    fn write_tokens(&mut self, tokens: &[Token], scheme: &Scheme) {
        for token in tokens {
            match *token {
                Token::Literal(byte) => self.put_code(scheme.literals[usize::from(byte)]),
                Token::Match { length, distance } => {
                    let (symbol, extra, bits) = length_symbol(length);
                    self.put_code(scheme.literals[symbol]);
                    self.put(u64::from(extra), bits);
                    let (symbol, extra, bits) = distance_symbol(distance);
                    self.put_code(scheme.distances[symbol]);
                    self.put(u64::from(extra), bits);
                }
            }
        }
        self.put_code(scheme.literals[END]);
    }

    fn put_code(&mut self, code: Code) {
        self.put(u64::from(code.bits), u32::from(code.length));
    }

    fn put(&mut self, value: u64, bits: u32) {
        self.bits |= value << self.count;
        self.count += bits;
        while self.count >= 8 {
            self.bytes.push(self.bits as u8);
            self.bits >>= 8;
            self.count -= 8;
        }
    }

    fn align(&mut self) {
        if self.count > 0 {
            self.bytes.push(self.bits as u8);
        }
        (self.bits, self.count) = (0, 0);
    }
}

fn frequencies(tokens: &[Token]) -> (Vec<u32>, Vec<u32>) {
    let (mut literals, mut distances) = (vec![0; LITERALS], vec![0; DISTANCES]);
    for token in tokens {
        match *token {
            Token::Literal(byte) => literals[usize::from(byte)] += 1,
            Token::Match { length, distance } => {
                literals[length_symbol(length).0] += 1;
                distances[distance_symbol(distance).0] += 1;
            }
        }
    }
    literals[END] += 1;
    (literals, distances)
}

/// The extra bits of lengths and distances, which are the same with every code.
fn extra_bits(literals: &[u32], distances: &[u32]) -> usize {
    let lengths = literals.iter().enumerate().skip(257).map(|(symbol, count)| (length_bits(symbol), count));
    let distances = distances.iter().enumerate().map(|(symbol, count)| (distance_bits(symbol), count));
    lengths.chain(distances).map(|(bits, count)| bits as usize * *count as usize).sum()
}

fn fixed() -> Scheme {
    let mut lengths = [8_u8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    Scheme { literals: canonical(&lengths), distances: canonical(&[5; DISTANCES]) }
}

fn header(scheme: &Scheme, literals: &[u32], distances: &[u32]) -> Header {
    let used =
        |frequencies: &[u32]| frequencies.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
    let (literals, distances) = (used(literals), used(distances));
    let sizes: Vec<u8> = scheme.literals[..literals]
        .iter()
        .chain(&scheme.distances[..distances])
        .map(|code| code.length)
        .collect();
    let runs = runs(&sizes);
    let mut frequencies = [0_u32; 19];
    runs.iter().for_each(|(symbol, _, _)| frequencies[*symbol] += 1);
    let codes = codes(&frequencies, 7);
    let lengths =
        ORDER.iter().rposition(|symbol| frequencies[*symbol] > 0).map_or(4, |last| (last + 1).max(4));
    let extra: u32 = runs.iter().map(|(_, _, bits)| *bits).sum();
    let cost = 3 + 5 + 5 + 4 + 3 * lengths + cost(&codes, &frequencies) + extra as usize;
    Header { runs, codes, literals, distances, lengths, cost }
}

/// Run-length encodes equal lengths: 16 repeats the last one 3 to 6 times, 17 is 3 to 10 zeros, 18 is 11 to 138 zeros.
fn runs(sizes: &[u8]) -> Vec<(usize, u8, u32)> {
    let mut out = Vec::new();
    for run in sizes.chunk_by(|a, b| a == b) {
        let size = run[0];
        let mut left = run.len();
        if size == 0 {
            while left >= 11 {
                let count = left.min(138);
                out.push((18, (count - 11) as u8, 7));
                left -= count;
            }
            if left >= 3 {
                out.push((17, (left - 3) as u8, 3));
                left = 0;
            }
        } else {
            out.push((usize::from(size), 0, 0));
            left -= 1;
            while left >= 3 {
                let count = left.min(6);
                out.push((16, (count - 3) as u8, 2));
                left -= count;
            }
        }
        out.extend(std::iter::repeat_n((usize::from(size), 0, 0), left));
    }
    out
}

/// The symbol of a match length, its extra bits and how many.
fn length_symbol(length: u16) -> (usize, u16, u32) {
    let above = length - 3;
    match above {
        0..=7 => (257 + usize::from(above), 0, 0),
        255 => (285, 0, 0),
        _ => {
            // Four symbols for each doubling.
            let bits = above.ilog2() - 2;
            let symbol = 257 + 4 * bits as usize + usize::from(above >> bits);
            (symbol, above & ((1 << bits) - 1), bits)
        }
    }
}

fn length_bits(symbol: usize) -> u32 {
    match symbol {
        265..285 => (symbol as u32 - 261) / 4,
        _ => 0,
    }
}

/// The symbol of a distance, its extra bits and how many.
fn distance_symbol(distance: u16) -> (usize, u16, u32) {
    let above = distance - 1;
    if above < 4 {
        return (usize::from(above), 0, 0);
    }
    // Two symbols for each doubling.
    let bits = above.ilog2() - 1;
    (2 * bits as usize + usize::from(above >> bits), above & ((1 << bits) - 1), bits)
}

fn distance_bits(symbol: usize) -> u32 {
    (symbol as u32 / 2).saturating_sub(1)
}
