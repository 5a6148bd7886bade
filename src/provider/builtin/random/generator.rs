//! Random numbers from a seed, equal to those of the public provider: an additive lagged Fibonacci generator over words
//! of 64 bits with the lags 607 and 273, as in Go's `math/rand`.
//!
//! That generator combines the seed with a register that was filled from the seed 1 and has run for 7.8 · 10¹² steps
//! since. Steps are linear, so many of them are one polynomial; the register is computed from that (in some
//! milliseconds, once) rather than listed.

use std::sync::LazyLock;

use crate::port::Remarks;

use super::super::entropy;

const LAG: usize = 607;
const TAP: usize = 273;

/// Draws numbers.
pub(super) struct Generator {
    register: Vec<u64>,
    feed: usize,
    tap: usize,
}

impl Generator {
    /// From a given seed, or a random one.
    pub(super) fn of(seed: Option<&str>, remarks: &mut Remarks) -> Option<Self> {
        match seed.filter(|seed| !seed.is_empty()) {
            Some(seed) => Some(Self::seeded(checksum(seed.as_bytes()) as i64)),
            None => {
                let mut register = vec![0; LAG];
                for word in &mut register {
                    *word = entropy::word(remarks)?;
                }
                Some(Self { register, feed: LAG - TAP, tap: 0 })
            }
        }
    }

    pub(super) fn seeded(seed: i64) -> Self {
        let mut register = filled(seed, 40, 20);
        for (word, worn) in register.iter_mut().zip(WORN.iter()) {
            *word ^= worn;
        }
        Self { register, feed: LAG - TAP, tap: 0 }
    }

    /// A number from zero up to and excluding the bound.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        match bound {
            _ if bound < 1 << 31 => self.drawn(bound, 31),
            _ if bound < 1 << 63 => self.drawn(bound, 63),
            _ => self.wide(bound),
        }
    }

    /// A random permutation of the numbers below a bound.
    pub(super) fn permutation(&mut self, bound: usize) -> Vec<usize> {
        let mut order = vec![0; bound];
        for index in 0..bound {
            let other = self.below(index as u64 + 1) as usize;
            order[index] = order[other];
            order[other] = index;
        }
        order
    }

    /// Draws from numbers of this many bits, without the last ones, which would favour the lowest results.
    fn drawn(&mut self, bound: u64, bits: u32) -> u64 {
        let draw = |this: &mut Self| (this.next() & (u64::MAX >> 1)) >> (63 - bits);
        if bound.is_power_of_two() {
            return draw(self) & (bound - 1);
        }
        let most = (1 << bits) - 1 - (1 << bits) % bound.max(1);
        loop {
            let number = draw(self);
            if number <= most {
                return number % bound.max(1);
            }
        }
    }

    /// Beyond the range of the public provider.
    fn wide(&mut self, bound: u64) -> u64 {
        loop {
            let number = self.next();
            if number < bound {
                return number;
            }
        }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.tap = (self.tap + LAG - 1) % LAG;
        self.feed = (self.feed + LAG - 1) % LAG;
        let sum = self.register[self.feed].wrapping_add(self.register[self.tap]);
        self.register[self.feed] = sum;
        sum
    }
}

/// A register filled from a seed by a small multiplicative generator, three numbers to a word.
fn filled(seed: i64, first: u32, second: u32) -> Vec<u64> {
    const MODULUS: i64 = (1 << 31) - 1;
    let mut number = match seed.rem_euclid(MODULUS) {
        0 => 89_482_311,
        number => number,
    } as u64;
    let mut next = || {
        number = number * 48_271 % MODULUS as u64;
        number
    };
    for _ in 0..20 {
        next();
    }
    (0..LAG).map(|_| next() << first ^ next() << second ^ next()).collect()
}

/// The register that a seed is combined with.
static WORN: LazyLock<Vec<u64>> = LazyLock::new(|| {
    const STEPS: u64 = 7_800_000_000_000;
    // The register holds the last 607 numbers of the sequence, backwards from the place of the feed; here they are put
    // in order.
    let place = |index: u64| ((LAG as u64 * 2 + 333 - index % LAG as u64) % LAG as u64) as usize;
    let register = filled(1, 20, 10);
    let mut sequence: Vec<u64> = (0..LAG as u64).map(|index| register[place(index)]).collect();
    for index in LAG..2 * LAG {
        sequence.push(sequence[index - LAG].wrapping_add(sequence[index - TAP]));
    }
    // The number after this many steps is this combination of the first 607 numbers, and the following ones likewise.
    let combination = power(STEPS);
    let mut worn = vec![0; LAG];
    for offset in 0..LAG {
        let terms = combination.iter().zip(&sequence[offset..]);
        let number = terms.fold(0u64, |sum, (a, b)| sum.wrapping_add(a.wrapping_mul(*b)));
        worn[place(STEPS + offset as u64)] = number;
    }
    worn
});

/// A power of x in the ring of polynomials in which x⁶⁰⁷ is x³³⁴ + 1.
fn power(exponent: u64) -> Vec<u64> {
    let mut result = vec![0; LAG];
    result[0] = 1;
    for bit in (0..u64::BITS - exponent.leading_zeros()).rev() {
        result = product(&result, &result);
        if exponent >> bit & 1 == 1 {
            let carried = result.pop().unwrap_or_default();
            result.insert(0, carried);
            result[LAG - TAP] = result[LAG - TAP].wrapping_add(carried);
        }
    }
    result
}

fn product(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut terms = vec![0u64; 2 * LAG];
    for (i, a) in a.iter().enumerate().filter(|(_, a)| **a != 0) {
        for (term, b) in terms[i..].iter_mut().zip(b) {
            *term = term.wrapping_add(a.wrapping_mul(*b));
        }
    }
    for high in (LAG..2 * LAG).rev() {
        let carried = terms[high];
        terms[high - LAG] = terms[high - LAG].wrapping_add(carried);
        terms[high - TAP] = terms[high - TAP].wrapping_add(carried);
    }
    terms.truncate(LAG);
    terms
}

/// CRC-64 with the polynomial of ISO 3309.
fn checksum(bytes: &[u8]) -> u64 {
    const POLYNOMIAL: u64 = 0xD800_0000_0000_0000;
    !bytes.iter().fold(u64::MAX, |sum, byte| {
        (0..8).fold(
            sum ^ u64::from(*byte),
            |sum, _| {
                if sum & 1 == 1 { sum >> 1 ^ POLYNOMIAL } else { sum >> 1 }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_one_gives_the_numbers_that_everybody_has_seen() {
        let mut generator = Generator::seeded(1);
        let drawn: Vec<u64> = (0..10).map(|_| generator.below(100)).collect();
        assert_eq!(drawn, [81, 87, 47, 59, 81, 18, 25, 40, 56, 0]);
    }

    #[test]
    fn a_checksum_is_the_one_of_iso_3309() {
        assert_eq!(checksum(b"123456789"), 0xb909_56c7_75a4_1001);
        assert_eq!(checksum(b""), 0);
    }

    #[test]
    fn what_is_drawn_stays_below_its_bound() {
        let mut generator = Generator::of(None, &mut Remarks::new()).unwrap();
        for bound in [1, 2, 3, 1 << 31, (1 << 31) + 1, 1 << 63, u64::MAX] {
            assert!((0..100).all(|_| generator.below(bound) < bound));
        }
        let mut order = generator.permutation(9);
        order.sort_unstable();
        assert_eq!(order, (0..9).collect::<Vec<_>>());
    }
}
