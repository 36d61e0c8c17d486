//! Dice that fall the same way every time.
//!
//! Decided here: the demo's chance is a function of its place (which tenant, which day), so that
//! one tenant's calls do not change when another is added. xorshift64*, seeded by splitmix64: not
//! for secrets, good enough for traffic.

/// A sequence of numbers for one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of a place: equal places give equal sequences.
    pub(crate) fn at(place: &[u64]) -> Self {
        let seed =
            place.iter().fold(0x7472_756e_6b6c_696e, |seed, part| mixed(seed ^ mixed(*part)));
        // xorshift stays at zero for ever.
        Self(seed.max(1))
    }

    fn next(&mut self) -> u64 {
        let mut x = self.0;
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.0 = x;
        x.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, which is at least 1.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let scaled = u64::from(self.next() as u32) * u64::from(end.max(1));
        (scaled >> 32) as u32
    }

    /// A number from `start` up to `end`, both included.
    pub(crate) fn between(&mut self, start: u32, end: u32) -> u32 {
        start + self.below(end - start + 1)
    }

    /// True in `percent` of a hundred throws.
    pub(crate) fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// True in `count` of a thousand throws.
    pub(crate) fn per_mille(&mut self, count: u32) -> bool {
        self.below(1_000) < count
    }

    /// One of `list`, which is not empty.
    pub(crate) fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        let length = u32::try_from(list.len()).expect("lists of the demo are short");
        list[self.below(length) as usize].clone()
    }

    /// The place of one of `weights`, each as likely as it is large.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if left < *weight {
                return place;
            }
            left -= weight;
        }
        weights.len() - 1
    }

    /// A version-4 UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let (high, low) = ((high & !0xf000) | 0x4000, (low & !(0xc0 << 56)) | (0x80 << 56));
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}

fn mixed(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_places_fall_equally_and_others_do_not() {
        let throws = |place: &[u64]| {
            let mut dice = Dice::at(place);
            [(); 8].map(|()| dice.below(1_000))
        };
        assert_eq!(throws(&[1, 2]), throws(&[1, 2]));
        assert_ne!(throws(&[1, 2]), throws(&[2, 1]));
        assert_ne!(throws(&[]), throws(&[0]));
    }

    #[test]
    fn throws_stay_within_their_bounds_and_reach_them() {
        let mut dice = Dice::at(&[7]);
        let mut seen = [0_u32; 6];
        for _ in 0..6_000 {
            seen[dice.between(1, 6) as usize - 1] += 1;
        }
        assert!(seen.iter().all(|count| (850..1_150).contains(count)), "{seen:?}");
        let mut weighted = [0_u32; 3];
        for _ in 0..4_000 {
            weighted[dice.weighted(&[1, 0, 3])] += 1;
        }
        assert_eq!(weighted[1], 0);
        assert!((900..1_100).contains(&weighted[0]), "{weighted:?}");
    }

    #[test]
    fn ids_look_like_ids() {
        let id = Dice::at(&[1]).uuid();
        assert_eq!(id.len(), 36);
        assert_eq!((&id[14..15], id.split('-').count()), ("4", 5));
        assert!("89ab".contains(&id[19..20]), "{id}");
    }
}
