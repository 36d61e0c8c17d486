//! Scattered but repeatable figures (splitmix64).

/// A fixed sequence of scattered numbers.
#[derive(Debug, Clone)]
pub(super) struct Scatter(u64);

impl Scatter {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, and without, `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

/// A deck of `count` different prefixes: exchanges of area codes, and foreign ranges.
pub(super) fn deck(count: usize) -> String {
    let mut scatter = Scatter::new(1);
    let mut prefixes = std::collections::BTreeSet::from(["1".to_owned(), "4".to_owned()]);
    while prefixes.len() < count {
        let area = 201 + scatter.below(788);
        prefixes.insert(match scatter.below(4) {
            0 => format!("{}{}", 20 + scatter.below(79), scatter.below(100_000)),
            _ if prefixes.len() > 300_000 => format!("1{area}{}", 2_000 + scatter.below(8_000)),
            _ => format!("1{area}{}", 200 + scatter.below(800)),
        });
    }
    let mut text = "prefix,rate_per_minute,minimum_seconds,increment_seconds\n".to_owned();
    for prefix in &prefixes {
        text.push_str(&format!("{prefix},0.00{:05},6,6\n", 1_000 + scatter.below(90_000)));
    }
    text
}
