//! What the process holds in memory, where the system says so.

/// The most that was resident at once, in MiB.
pub(super) fn peak_mib() -> f64 {
    field("VmHWM:")
}

/// What is resident now, in MiB.
pub(super) fn resident_mib() -> f64 {
    field("VmRSS:")
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn field(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    let kib: u64 =
        line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).unwrap_or_default();
    kib as f64 / 1024.0
}
