//! Sixteen outputs at once, with whatever instructions the processor has.
//!
//! Sums of products of whole numbers are exact, and every step in floating point is one operation on each lane alone, never
//! fused: so all processors come to the same bits, which a test holds them to.

use std::sync::LazyLock;

use pulp::NullaryFnOnce;

pub(super) const LANES: usize = 16;

/// Values of one block of a row, which share a scale.
pub(super) const BLOCK: usize = 32;

/// Two neighbouring values for each of the lanes.
pub(super) type Pairs = [i8; 2 * LANES];

/// Vectors of sixteen lanes.
pub(super) trait Lanes: Copy + Send + Sync {
    /// Pairs of 16-bit numbers.
    type Wide: Copy;
    /// 32-bit sums.
    type Sum: Copy;
    type Float: Copy;
    /// Rows that are multiplied at once: as many as the registers hold.
    const ROWS: usize;

    fn zero(self) -> Self::Sum;
    fn widen(self, weights: &Pairs) -> Self::Wide;
    /// `sum + w₀a₀ + w₁a₁`, where `pair` holds both 16-bit numbers a.
    fn add(self, sum: Self::Sum, weights: Self::Wide, pair: i32) -> Self::Sum;
    fn load(self, values: &[f32; LANES]) -> Self::Float;
    fn store(self, values: Self::Float) -> [f32; LANES];
    /// `total + (step · (sum · scale) + centre · shift)`, in this order.
    fn fold(self, total: Self::Float, sum: Self::Sum, of_weights: [Self::Float; 2], of_row: [f32; 2]) -> Self::Float;
    /// Runs code with the instructions of these lanes.
    fn run<O: NullaryFnOnce>(self, code: O) -> O::Output;
}

/// The lanes that this processor has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Processor {
    #[cfg(target_arch = "x86_64")]
    Avx512(pulp::x86::V4),
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    Any(Plain),
}

impl Processor {
    /// The best first.
    pub fn all() -> Vec<Processor> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(pulp::x86::V4::try_new().map(Processor::Avx512));
            all.extend(pulp::x86::V3::try_new().map(Processor::Avx2));
        }
        all.push(Processor::Any(Plain));
        all
    }

    pub fn best() -> Processor {
        static BEST: LazyLock<Processor> = LazyLock::new(|| Processor::all()[0]);
        *BEST
    }
}

/// Code that works on any lanes, for [`on`].
pub(super) trait OnLanes {
    type Output;
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}

/// Runs code on a processor's lanes.
pub(super) fn on<C: OnLanes>(processor: Processor, code: C) -> C::Output {
    match processor {
        #[cfg(target_arch = "x86_64")]
        Processor::Avx512(lanes) => code.run(lanes),
        #[cfg(target_arch = "x86_64")]
        Processor::Avx2(lanes) => code.run(lanes),
        Processor::Any(lanes) => code.run(lanes),
    }
}

/// What every processor can.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain;

impl Lanes for Plain {
    type Wide = Pairs;
    type Sum = [i32; LANES];
    type Float = [f32; LANES];
    const ROWS: usize = 4;

    #[inline(always)]
    fn zero(self) -> Self::Sum {
        [0; LANES]
    }

    #[inline(always)]
    fn widen(self, weights: &Pairs) -> Self::Wide {
        *weights
    }

    #[inline(always)]
    fn add(self, sum: Self::Sum, weights: Self::Wide, pair: i32) -> Self::Sum {
        let [first, second] = halves(pair);
        std::array::from_fn(|i| sum[i] + i32::from(weights[2 * i]) * first + i32::from(weights[2 * i + 1]) * second)
    }

    #[inline(always)]
    fn load(self, values: &[f32; LANES]) -> Self::Float {
        *values
    }

    #[inline(always)]
    fn store(self, values: Self::Float) -> [f32; LANES] {
        values
    }

    #[inline(always)]
    fn fold(self, total: Self::Float, sum: Self::Sum, weights: [Self::Float; 2], row: [f32; 2]) -> Self::Float {
        let ([step, centre], [scale, shift]) = (weights, row);
        std::array::from_fn(|i| total[i] + (step[i] * (sum[i] as f32 * scale) + centre[i] * shift))
    }

    #[inline(always)]
    fn run<O: NullaryFnOnce>(self, code: O) -> O::Output {
        code.call()
    }
}

fn halves(pair: i32) -> [i32; 2] {
    [i32::from(pair as i16), pair >> 16]
}

/// Two 16-bit numbers in one of 32 bits, as [`Lanes::add`] wants them.
#[inline(always)]
pub(super) fn pair(first: i16, second: i16) -> i32 {
    i32::from(second) << 16 | i32::from(first as u16)
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use core::arch::x86_64::{__m256, __m256i, __m512, __m512i};

    use bytemuck::cast;
    use pulp::NullaryFnOnce;
    use pulp::x86::{V3, V4};

    use super::{LANES, Lanes, Pairs};

    impl Lanes for V4 {
        type Wide = __m512i;
        type Sum = __m512i;
        type Float = __m512;
        const ROWS: usize = 8;

        #[inline(always)]
        fn zero(self) -> __m512i {
            self.avx512f._mm512_setzero_si512()
        }

        #[inline(always)]
        fn widen(self, weights: &Pairs) -> __m512i {
            self.avx512bw._mm512_cvtepi8_epi16(cast(*weights))
        }

        #[inline(always)]
        fn add(self, sum: __m512i, weights: __m512i, pair: i32) -> __m512i {
            let products = self.avx512bw._mm512_madd_epi16(weights, self.avx512f._mm512_set1_epi32(pair));
            self.avx512f._mm512_add_epi32(sum, products)
        }

        #[inline(always)]
        fn load(self, values: &[f32; LANES]) -> __m512 {
            cast(*values)
        }

        #[inline(always)]
        fn store(self, values: __m512) -> [f32; LANES] {
            cast(values)
        }

        #[inline(always)]
        fn fold(self, total: __m512, sum: __m512i, weights: [__m512; 2], row: [f32; 2]) -> __m512 {
            let x = self.avx512f;
            let ([step, centre], [scale, shift]) = (weights, row.map(|value| x._mm512_set1_ps(value)));
            let scaled = x._mm512_mul_ps(step, x._mm512_mul_ps(x._mm512_cvtepi32_ps(sum), scale));
            x._mm512_add_ps(total, x._mm512_add_ps(scaled, x._mm512_mul_ps(centre, shift)))
        }

        #[inline(always)]
        fn run<O: NullaryFnOnce>(self, code: O) -> O::Output {
            self.vectorize(code)
        }
    }

    impl Lanes for V3 {
        type Wide = [__m256i; 2];
        type Sum = [__m256i; 2];
        type Float = [__m256; 2];
        const ROWS: usize = 4;

        #[inline(always)]
        fn zero(self) -> Self::Sum {
            [self.avx._mm256_setzero_si256(); 2]
        }

        #[inline(always)]
        fn widen(self, weights: &Pairs) -> Self::Wide {
            let halves: [[i8; LANES]; 2] = cast(*weights);
            halves.map(|half| self.avx2._mm256_cvtepi8_epi16(cast(half)))
        }

        #[inline(always)]
        fn add(self, sum: Self::Sum, weights: Self::Wide, pair: i32) -> Self::Sum {
            let pair = self.avx._mm256_set1_epi32(pair);
            let one = |i: usize| self.avx2._mm256_add_epi32(sum[i], self.avx2._mm256_madd_epi16(weights[i], pair));
            [one(0), one(1)]
        }

        #[inline(always)]
        fn load(self, values: &[f32; LANES]) -> Self::Float {
            cast(*values)
        }

        #[inline(always)]
        fn store(self, values: Self::Float) -> [f32; LANES] {
            cast(values)
        }

        #[inline(always)]
        fn fold(self, total: Self::Float, sum: Self::Sum, weights: [Self::Float; 2], row: [f32; 2]) -> Self::Float {
            let x = self.avx;
            let ([step, centre], [scale, shift]) = (weights, row.map(|value| x._mm256_set1_ps(value)));
            let one = |i: usize| {
                let scaled = x._mm256_mul_ps(step[i], x._mm256_mul_ps(x._mm256_cvtepi32_ps(sum[i]), scale));
                x._mm256_add_ps(total[i], x._mm256_add_ps(scaled, x._mm256_mul_ps(centre[i], shift)))
            };
            [one(0), one(1)]
        }

        #[inline(always)]
        fn run<O: NullaryFnOnce>(self, code: O) -> O::Output {
            self.vectorize(code)
        }
    }
}
