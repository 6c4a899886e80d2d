//! The dashboard on Microsoft Graph: what it looks like there, and what only Graph does.

use crate::both::GRAPH;
use crate::operator::Operator;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

#[test]
fn it_looks_the_same_with_the_alerts_of_graph() {
    for (width, height) in SIZES {
        let mut operator = Operator::on(&GRAPH, width, height, Operator::quiet(120));
        operator.starts().rests();
        insta::assert_snapshot!(format!("list_{width}x{height}"), operator.screen());
        operator.press("enter").rests();
        insta::assert_snapshot!(format!("detail_{width}x{height}"), operator.screen());
    }
    let mut operator = Operator::on(&GRAPH, 120, 40, Operator::quiet(120));
    operator.starts().rests().press("t + +");
    insta::assert_snapshot!("token_120x40", operator.screen());
}

#[test]
fn the_product_has_a_column_where_there_are_several() {
    for (width, height) in SIZES {
        let mut operator = Operator::of_all_products(width, height, Operator::quiet(120));
        operator.starts().rests();
        insta::assert_snapshot!(format!("products_{width}x{height}"), operator.screen());
    }
}
