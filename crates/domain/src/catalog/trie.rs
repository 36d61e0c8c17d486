//! The prefix index: a flat digit trie of 12-byte nodes.
//!
//! A node knows which digits continue it (a bit each) and where its children begin; children lie
//! side by side, in the order of their digits, level by level. A walk touches one node per digit,
//! and the upper levels, shared by all calls, stay in the processor's cache. Built once from
//! sorted prefixes, in time linear in their digits; never changed.

use std::ops::Range;

use crate::phone::Prefix;

/// The longest walk: the root and a node for each of 15 digits.
const MAX_DEPTH: usize = 16;

#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// Index of the first child; the others follow.
    children: u32,
    /// Index of the first item of this very prefix; the others follow.
    items: u32,
    /// Which digits have a child: bit 0 for 0 to bit 9 for 9.
    digits: u16,
    /// How many items this very prefix has.
    item_count: u16,
}

/// Finds, among sorted prefixes, those that a number begins with.
#[derive(Debug, Clone)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
}

/// The prefixes of one number that have items.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chain {
    /// The node at each depth that was reached.
    nodes: [u32; MAX_DEPTH],
    /// Which depths have items: bit 1 for one digit and so on.
    depths: u16,
}

/// One prefix of a number: its length and its items.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link {
    items: u32,
    item_count: u16,
    pub(crate) prefix_digits: u8,
}

impl Link {
    #[inline]
    pub(crate) fn items(self) -> Range<usize> {
        let first = self.items as usize;
        first..first + usize::from(self.item_count)
    }
}

/// How many of ten bits are set. A small table beats the portable way to count bits.
static BITS: [u8; 1 << 10] = {
    let mut bits = [0; 1 << 10];
    let mut index = 1;
    while index < bits.len() {
        bits[index] = bits[index >> 1] + (index & 1) as u8;
        index += 1;
    }
    bits
};

impl Trie {
    /// Builds the index of `prefixes`, which must be sorted; equal ones are items of one prefix.
    /// Items are numbered as they stand. At most 2^32 of them, and 65,535 of one prefix: the
    /// caller has checked.
    pub(crate) fn build(prefixes: &[Prefix]) -> Self {
        debug_assert!(prefixes.is_sorted());
        let index = |it: usize| u32::try_from(it).expect("a deck's rows are bounded");
        let mut nodes = vec![Node::default()];
        // What each node stands for: all items that begin with its digits. The next level's nodes
        // are appended while this level is read, so the list is its own queue.
        let mut level = vec![(0_usize, prefixes.len())];
        let mut first_of_level = 0;
        for depth in 0..MAX_DEPTH {
            let mut next_level = Vec::new();
            for (offset, &(start, end)) in level.iter().enumerate() {
                let range = &prefixes[start..end];
                let own = range.partition_point(|it| it.as_bytes().len() == depth);
                let children = index(nodes.len());
                let mut digits = 0_u16;
                let mut at = start + own;
                while at < end {
                    let digit = prefixes[at].as_bytes()[depth];
                    let count =
                        prefixes[at..end].partition_point(|it| it.as_bytes()[depth] == digit);
                    digits |= 1 << (digit - b'0');
                    next_level.push((at, at + count));
                    nodes.push(Node::default());
                    at += count;
                }
                nodes[first_of_level + offset] = Node {
                    children,
                    items: index(start),
                    digits,
                    item_count: u16::try_from(own).expect("rows of one prefix are bounded"),
                };
            }
            first_of_level += level.len();
            level = next_level;
        }
        nodes.shrink_to_fit();
        Self { nodes }
    }

    /// Walks along `digits` (ASCII) and remembers the prefixes that have items.
    #[inline]
    pub(crate) fn walk(&self, digits: &[u8]) -> Chain {
        let mut chain = Chain { nodes: [0; MAX_DEPTH], depths: 0 };
        let mut node = self.nodes[0];
        for (depth, digit) in (1..MAX_DEPTH).zip(digits) {
            let digit = digit.wrapping_sub(b'0');
            if digit > 9 || node.digits >> digit & 1 == 0 {
                break;
            }
            let before = node.digits & ((1 << digit) - 1);
            let index = node.children + u32::from(BITS[usize::from(before)]);
            node = self.nodes[index as usize];
            chain.nodes[depth] = index;
            chain.depths |= u16::from(node.item_count > 0) << depth;
        }
        chain
    }

    /// The prefixes that a walk found, longest first.
    #[inline]
    pub(crate) fn longest_first<'c>(&'c self, chain: &'c Chain) -> impl Iterator<Item = Link> + 'c {
        let mut depths = chain.depths;
        std::iter::from_fn(move || {
            let depth = depths.checked_ilog2()?;
            depths ^= 1 << depth;
            let node = self.nodes[chain.nodes[depth as usize] as usize];
            Some(Link {
                items: node.items,
                item_count: node.item_count,
                prefix_digits: u8::try_from(depth).expect("below 16"),
            })
        })
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(trie: &Trie, digits: &str) -> Vec<(u8, Range<usize>)> {
        let chain = trie.walk(digits.as_bytes());
        trie.longest_first(&chain).map(|link| (link.prefix_digits, link.items())).collect()
    }

    #[test]
    fn an_empty_index_matches_nothing() {
        assert!(matches(&Trie::build(&[]), "15015550100").is_empty());
    }

    proptest! {
        /// The index finds what looking at every prefix finds.
        #[test]
        fn walking_equals_scanning(
            texts in proptest::collection::vec("[1-3][0-3]{0,5}", 0..40),
            number in "[0-9:/a\u{e9}]{0,18}|[1-3][0-3]{0,16}")
        {
            let mut prefixes: Vec<Prefix> =
                texts.iter().map(|text| Prefix::parse(text).expect("a prefix")).collect();
            prefixes.sort_unstable();
            let found = matches(&Trie::build(&prefixes), &number);
            let mut naive: Vec<(u8, usize)> = prefixes.iter().enumerate()
                .filter(|(_, prefix)| number.as_bytes().starts_with(prefix.as_bytes()))
                .map(|(index, prefix)| (prefix.digit_count(), index))
                .collect();
            naive.sort_by_key(|(len, index)| (std::cmp::Reverse(*len), *index));
            let flat: Vec<(u8, usize)> = found.into_iter()
                .flat_map(|(len, items)| items.map(move |item| (len, item))).collect();
            prop_assert_eq!(flat, naive);
        }
    }
}
