//! Work on many items at a time, as many as there are processors.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Runs `work` on all items and returns the results in their order. After a failure no further
/// item is begun.
///
/// # Errors
/// The failure of the first item, in their order, that failed.
pub fn map<T: Sync, O: Send, E: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<O, E> + Sync,
) -> Result<Vec<O>, E> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let results: Mutex<Vec<(usize, Result<O, E>)>> = Mutex::new(Vec::new());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let worker = || {
        while !failed.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return };
            let result = work(item);
            failed.fetch_or(result.is_err(), Ordering::Relaxed);
            results.lock().expect("a worker does not panic").push((index, result));
        }
    };
    std::thread::scope(|scope| {
        (1..processors.min(items.len())).for_each(|_| drop(scope.spawn(worker)));
        worker();
    });
    let mut results = results.into_inner().expect("a worker does not panic");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_order_and_the_first_failure_counts() {
        let items: Vec<u32> = (0..100).collect();
        let doubled = map(&items, |item| Ok::<_, ()>(item * 2)).unwrap();
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        let fail = |item: &u32| if *item < 3 { Ok(()) } else { Err(*item) };
        assert_eq!(map(&items, fail), Err(3));
        assert_eq!(map(&[] as &[u32], fail), Ok(vec![]));
    }
}
