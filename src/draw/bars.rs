//! Bars in groups: a few series over categories.

use std::fmt::Write as _;

use super::plot::{Axis, COLOURS, HEIGHT, MARGIN, escape, head, line, text, x_of, y_of};

/// What a bar chart shows. Values start at zero.
#[derive(Clone, Debug)]
pub struct Bars {
    /// Title.
    pub title: String,
    /// What the categories are.
    pub x_label: String,
    /// What the values are, with their unit.
    pub y_label: String,
    /// Names of the categories, from left to right.
    pub categories: Vec<String>,
    /// Name and values of every series, one value per category.
    pub series: Vec<(String, Vec<f64>)>,
}

/// Most bars that are labelled with their values.
const LABELLED: usize = 16;

/// Draws the bars of all series side by side within each category.
#[must_use]
pub fn bars(chart: &Bars) -> String {
    let mut svg = head(&chart.title, HEIGHT);
    let values = || chart.series.iter().flat_map(|(_, values)| values.iter().copied());
    let axis = Axis::around(values().chain([0.0]), true);
    // Room for the legend between title and bars.
    let top = MARGIN[2] + 26.0;
    let bottom = y_of(0.0, HEIGHT);
    let height = |value: f64| axis.place(value) * (bottom - top);
    for mark in axis.marks() {
        let at = bottom - height(mark);
        line(&mut svg, (x_of(0.0), at), (x_of(1.0), at), "#dddddd");
        text(&mut svg, (x_of(0.0) - 8.0, at + 4.0), "end", &axis.label(mark));
    }
    let pitch = (x_of(1.0) - x_of(0.0)) / chart.categories.len().max(1) as f64;
    let width = 0.8 * pitch / chart.series.len().max(1) as f64;
    let labelled = values().count() <= LABELLED;
    for (index, (_, values)) in chart.series.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        for (category, &value) in values.iter().enumerate() {
            let left = x_of(0.0) + (category as f64 + 0.1) * pitch + index as f64 * width;
            let _ = writeln!(
                svg,
                "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" \
                 fill=\"{colour}\"/>",
                bottom - height(value),
                (0.94 * width).max(0.5),
                height(value)
            );
            if labelled {
                let at = (left + width / 2.0, bottom - height(value) - 5.0);
                text(&mut svg, at, "middle", &format!("{value:.3}"));
            }
        }
    }
    for (category, name) in chart.categories.iter().enumerate() {
        let at = x_of(0.0) + (category as f64 + 0.5) * pitch;
        text(&mut svg, (at, bottom + 18.0), "middle", name);
    }
    line(&mut svg, (x_of(0.0), bottom), (x_of(1.0), bottom), "#000000");
    line(&mut svg, (x_of(0.0), top), (x_of(0.0), bottom), "#000000");
    text(&mut svg, (x_of(0.5), HEIGHT - 16.0), "middle", &chart.x_label);
    let middle = f64::midpoint(top, bottom);
    let _ = writeln!(
        svg,
        "<text x=\"18\" y=\"{middle:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 18 \
         {middle:.1})\">{}</text>",
        escape(&chart.y_label)
    );
    // One series needs no legend: the title names it.
    let legend = chart.series.iter().enumerate().filter(|_| chart.series.len() > 1);
    let mut at = x_of(0.0);
    for (index, (name, _)) in legend {
        let colour = COLOURS[index % COLOURS.len()];
        let _ = writeln!(
            svg,
            "<rect x=\"{at:.1}\" y=\"40\" width=\"12\" height=\"12\" fill=\"{colour}\"/>"
        );
        text(&mut svg, (at + 17.0, 51.0), "start", name);
        at += 36.0 + 7.0 * name.len() as f64;
    }
    svg.push_str("</svg>\n");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Heights are proportional to the values, and text cannot break the markup.
    #[test]
    fn bars_are_as_high_as_their_values() {
        let chart = Bars {
            title: "a < b".to_owned(),
            x_label: "x".to_owned(),
            y_label: "y".to_owned(),
            categories: vec!["one".to_owned(), "two".to_owned()],
            series: vec![("s".to_owned(), vec![0.25, 0.5])],
        };
        let svg = bars(&chart);
        assert!(svg.contains("a &lt; b") && svg.contains(">0.250<"));
        let heights: Vec<f64> = svg
            .lines()
            .filter(|line| line.starts_with("<rect x=") && line.contains(COLOURS[0]))
            .map(|line| line.split("height=\"").nth(1).unwrap().split('"').next().unwrap())
            .map(|height| height.parse().unwrap())
            .collect();
        assert_eq!(heights.len(), 2);
        assert!((heights[1] / heights[0] - 2.0).abs() < 0.01, "{heights:?}");
    }
}
