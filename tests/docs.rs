//! The documentation says what the code does.

mod common;

use bitweight::design;
use common::root;

/// The table of pairs in `docs/topologies.md` is generated.
#[test]
fn the_table_of_pairs_is_fresh() {
    let path = root().join("docs/topologies.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (_, rest) = page.split_once("<!-- pairs: begin -->\n").expect("the page has the mark");
    let (table, _) = rest.split_once("<!-- pairs: end -->").expect("the page has the mark");
    let help = "paste the output of: cargo run -- list --pairs --markdown";
    assert_eq!(table, design::pairs_markdown(), "{help}");
}
