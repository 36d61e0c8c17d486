//! Which addresses webhooks may be sent to (WHK-19, BEY-09).
//!
//! Decided here: only addresses that the public internet routes. Addresses that wrap another one
//! (mapped, 6to4, NAT64) are judged by what they wrap. The ranges are those that the special
//! purpose registries of the IANA list as not globally reachable (RFC 6890 and its successors),
//! and the metadata services of clouds.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// First address and prefix length of ranges that are not public.
const V4: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),        // this network
    ([10, 0, 0, 0], 8),       // private
    ([100, 64, 0, 0], 10),    // carrier-grade NAT
    ([127, 0, 0, 0], 8),      // loopback
    ([168, 63, 129, 16], 32), // metadata of one cloud, at an address that looks public
    ([169, 254, 0, 0], 16),   // link-local, and metadata of the other clouds
    ([172, 16, 0, 0], 12),    // private
    ([192, 0, 0, 0], 24),     // protocol assignments
    ([192, 0, 2, 0], 24),     // documentation
    ([192, 88, 99, 0], 24),   // 6to4 relays
    ([192, 168, 0, 0], 16),   // private
    ([198, 18, 0, 0], 15),    // benchmarks
    ([198, 51, 100, 0], 24),  // documentation
    ([203, 0, 113, 0], 24),   // documentation
    ([224, 0, 0, 0], 4),      // multicast
    ([240, 0, 0, 0], 4),      // reserved, and broadcast
];

/// The same of IPv6, within 2000::/3; outside of it nothing is public but what wraps IPv4.
const V6: [([u16; 8], u32); 3] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), // protocol assignments, Teredo
    ([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32), // documentation
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), // documentation
];

/// Whether the public internet routes `address`.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    !V4.iter().any(|(first, length)| {
        let mask = u32::MAX << (32 - length);
        bits & mask == u32::from_be_bytes(*first)
    })
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(wrapped) = wrapped_v4(address) {
        return is_public_v4(wrapped);
    }
    let bits = address.to_bits();
    let is_global_unicast = bits >> 125 == 1;
    is_global_unicast
        && !V6.iter().any(|(first, length)| {
            let mask = u128::MAX << (128 - length);
            bits & mask == Ipv6Addr::from(*first).to_bits()
        })
}

/// The IPv4 address that packets to `address` end up at.
fn wrapped_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        // Mapped, ::ffff:a.b.c.d.
        [0, 0, 0, 0, 0, 0xffff, high, low] => Some(of(high, low)),
        // NAT64, 64:ff9b::a.b.c.d (RFC 6052).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        // 6to4, 2002:aabb:ccdd:: (RFC 3056).
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(addresses: &[&str], expected: bool) {
        for text in addresses {
            assert_eq!(is_public(text.parse().unwrap()), expected, "{text}");
        }
    }

    // WHK-19, BEY-09
    #[test]
    fn private_addresses_are_not_public_however_they_are_written() {
        check(
            &[
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "168.63.129.16",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.7",
                "203.0.113.7",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::7f00:1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:169.254.169.254",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "2002:7f00:1::",
                "2002:a00:1::1",
                "2001::1",
                "2001:db8::1",
                "2001:1ff::1",
                "3fff:fff::1",
                "fc00::1",
                "fd12:3456::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "100::1",
                "5f00::1",
                "4000::1",
            ],
            false,
        );
    }

    #[test]
    fn what_lies_right_beside_private_ranges_is_public() {
        check(
            &[
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2001:4860:4860::8888",
                "2606:4700::1111",
                "2a00:1450::1",
                "::ffff:8.8.8.8",
                "64:ff9b::808:808",
                "2002:808:808::1",
            ],
            true,
        );
    }

    proptest! {
        /// Wrapping an address changes nothing about what it reaches.
        #[test]
        fn wrapping_hides_nothing(bits in any::<u32>()) {
            let plain = Ipv4Addr::from_bits(bits);
            let expected = is_public(IpAddr::V4(plain));
            let bits = u128::from(bits);
            for wrapped in [
                plain.to_ipv6_mapped(),
                Ipv6Addr::from_bits((0x64_ff9b << 96) | bits),
                Ipv6Addr::from_bits((0x2002 << 112) | (bits << 80)),
            ] {
                prop_assert_eq!(is_public(IpAddr::V6(wrapped)), expected, "{}", wrapped);
            }
        }
    }
}
