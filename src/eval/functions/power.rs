//! Logarithm and power in machine floating point, exact to the last bit as Terraform computes them.
//!
//! The platform's own functions round differently in the last place for some arguments, and a digit that changes
//! between two plans is a change to somebody's infrastructure; so both are implemented here.
#![expect(clippy::excessive_precision, reason = "constants stand as the methods publish them")]

/// The natural logarithm: the argument is split into 2^k times 1+f near one, and log(1+f) comes from a
/// polynomial in s = f/(2+f) (the classic FreeBSD method, good to less than one unit in the last place).
pub(super) fn logarithm(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238_164_90e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;
    const ODD: [f64; 4] = [
        1.479_819_860_511_658_591e-1,
        1.818_357_216_161_805_012e-1,
        2.857_142_874_366_239_149e-1,
        6.666_666_666_666_735_130e-1,
    ];
    const EVEN: [f64; 3] =
        [1.531_383_769_920_937_332e-1, 2.222_219_843_214_978_396e-1, 3.999_999_999_940_941_908e-1];

    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x.is_infinite() {
        return x;
    }
    let (mut fraction, mut exponent) = match x < f64::MIN_POSITIVE {
        // Terraform takes the fraction of a subnormal number unnormalised.
        true => (f64::from_bits(x.to_bits() | (1022 << 52)), -1022),
        false => split(x),
    };
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let f = fraction - 1.0;
    let k = f64::from(exponent);
    let s = f / (2.0 + f);
    let square = s * s;
    let fourth = square * square;
    let horner = |coefficients: &[f64]| coefficients.iter().fold(0.0, |sum, c| sum * fourth + c);
    let rest = square * horner(&ODD) + fourth * horner(&EVEN);
    let half = 0.5 * f * f;
    k * LN2_HIGH - ((half - (s * (half + rest) + k * LN2_LOW)) - f)
}

/// x to the power of y: by squaring for the whole part of y, and through the logarithm for the rest.
pub(super) fn power(x: f64, y: f64) -> f64 {
    if let Some(result) = special_power(x, y) {
        return result;
    }
    let magnitude = y.abs();
    let (mut whole, mut rest) = (magnitude.trunc(), magnitude.fract());
    let mut fraction = 1.0;
    let mut exponent = 0_i64;
    if rest != 0.0 {
        if rest > 0.5 {
            rest -= 1.0;
            whole += 1.0;
        }
        fraction = exponential(rest * logarithm(x));
    }
    let (mut base, base_exponent) = split(x);
    let mut base_exponent = i64::from(base_exponent);
    // The saturating cast is exact: larger exponents were handled as special cases.
    let mut bits = whole as i64;
    while bits != 0 {
        if base_exponent.abs() > 1 << 12 {
            // Out of range, whatever the remaining bits are.
            exponent += base_exponent;
            break;
        }
        if bits & 1 == 1 {
            fraction *= base;
            exponent += base_exponent;
        }
        base *= base;
        base_exponent *= 2;
        if base < 0.5 {
            base += base;
            base_exponent -= 1;
        }
        bits >>= 1;
    }
    if y < 0.0 {
        fraction = 1.0 / fraction;
        exponent = -exponent;
    }
    scale(fraction, exponent)
}

fn special_power(x: f64, y: f64) -> Option<f64> {
    let odd = y.fract() == 0.0 && y.abs() < 9.007_199_254_740_992e15 && (y as i64) & 1 == 1;
    if y == 0.0 || x == 1.0 {
        return Some(1.0);
    }
    if y == 1.0 {
        return Some(x);
    }
    if x.is_nan() || y.is_nan() {
        return Some(f64::NAN);
    }
    if x == 0.0 {
        let size: f64 = if y < 0.0 { f64::INFINITY } else { 0.0 };
        return Some(if odd { size.copysign(x) } else { size });
    }
    if y.is_infinite() || y.abs() >= 9.223_372_036_854_775_808e18 {
        return Some(match x {
            -1.0 => 1.0,
            _ if (x.abs() < 1.0) == (y > 0.0) => 0.0,
            _ => f64::INFINITY,
        });
    }
    if x.is_infinite() {
        let size: f64 = if y < 0.0 { 0.0 } else { f64::INFINITY };
        return Some(if odd { size.copysign(x) } else { size });
    }
    if y == 0.5 {
        return Some(x.sqrt());
    }
    if y == -0.5 {
        return Some(1.0 / x.sqrt());
    }
    (x < 0.0 && y.fract() != 0.0).then_some(f64::NAN)
}

/// e to the power of x: the argument less its multiple of ln 2, a sixteenth of that through a Taylor series for e^r -
/// 1, squared back four times. Uses fused multiplications, as Terraform does on current processors.
fn exponential(x: f64) -> f64 {
    const LN2_UPPER: f64 = 0.693_147_180_559_662_956_511_601_805_686_950_683_593_75;
    const LN2_LOWER: f64 = 0.282_352_905_630_315_771_225_884_481_750_134_360_255_254_120_68e-12;
    const TAYLOR: [f64; 8] = [
        1.984_126_984_126_984_127_0e-4,
        1.388_888_888_888_888_888_9e-3,
        8.333_333_333_333_333_333_3e-3,
        4.166_666_666_666_666_666_7e-2,
        1.666_666_666_666_666_666_7e-1,
        0.5,
        1.0,
        0.0,
    ];

    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x > 709.782_712_893_384 {
        return f64::INFINITY;
    }
    if x < -745.2 {
        return 0.0;
    }
    let multiple = (x * std::f64::consts::LOG2_E).round_ties_even();
    let rest = (-LN2_LOWER).mul_add(multiple, (-LN2_UPPER).mul_add(multiple, x)) * 0.0625;
    let series = TAYLOR[..7].iter().fold(2.480_158_730_158_730_158_7e-5_f64, |sum, c| sum.mul_add(rest, *c));
    let mut minus_one = rest * series;
    for _ in 0..3 {
        minus_one *= minus_one + 2.0;
    }
    scale(minus_one.mul_add(minus_one + 2.0, 1.0), multiple as i64)
}

/// A fraction in [0.5, 1) (signed as x) and the power of two that give x together.
fn split(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    // Subnormal numbers are brought into the normal range first.
    let (x, shift) = if x.abs() < f64::MIN_POSITIVE { (x * 2_f64.powi(52), -52) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = i32::try_from((bits >> 52) & 0x7ff).expect("eleven bits fit") - 1022;
    (f64::from_bits(bits & !(0x7ff << 52) | (1022 << 52)), exponent + shift)
}

/// x times a power of two, rounded once.
fn scale(x: f64, exponent: i64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let (fraction, own) = split(x);
    let total = exponent.saturating_add(i64::from(own));
    if total < -1075 {
        return 0_f64.copysign(x);
    }
    if total > 1024 {
        return f64::INFINITY.copysign(x);
    }
    let total = i32::try_from(total).expect("bounded above");
    // In two steps, of which only the second can lose bits.
    if total > -1021 {
        fraction * 2_f64.powi(1) * 2_f64.powi(total - 1)
    } else {
        fraction * 2_f64.powi(-1000) * 2_f64.powi(total + 1000)
    }
}
