//! Makes testbenches that write streams piece by piece of those that write them as a whole.

/// How the pieces are written.
#[derive(Clone, Copy, Debug)]
pub enum Style {
    /// `<=` at the rising edge, a statement for every byte.
    Nonblocking,
    /// `=` at the falling edge, in a loop.
    Blocking,
}

/// The testbench `text` with every byte of `tdata` written on its own.
pub fn by_bytes(text: &str, style: Style) -> String {
    let mut text = text.to_owned();
    let mut changed = 0;
    while let Some(end) = text.find("Bits-1:0]),") {
        let start = text[..end].rfind('\n').expect("no file begins so") + 1;
        let line = text[start..].lines().next().expect("a line").to_owned();
        // `.s_axis_a_tdata(a_vector[ABits-1:0]),`
        let (port, bound) = line.trim().trim_start_matches('.').split_once('(').expect("a port");
        let (role, range) = bound.split_once("_vector[").expect("a vector of transfers");
        let constant = range.split_once("Bits").expect("a width").0;
        let declared = format!("localparam {constant}Bits = ");
        let (_, width) = text.split_once(&declared).expect("the width is declared");
        let width: usize = width.split_once(';').expect("it ends").0.parse().expect("a number");
        let driver = driver(role, constant, width, style);
        text = text.replace(&line, &format!("    .{port}({role}_data),"));
        text = text.replace(&format!("({role}_vector[{constant}Bits])"), &format!("({role}_last)"));
        text = text.replacen("  reg c_ready;\n", &format!("{driver}  reg c_ready;\n"), 1);
        changed += 1;
    }
    assert!(changed >= 1, "the testbench drives no stream as expected");
    text
}

fn driver(role: &str, constant: &str, width: usize, style: Style) -> String {
    assert!(width.is_multiple_of(8), "tdata has whole bytes");
    let mut text = format!(
        "  reg [{constant}Bits-1:0] {role}_data;\n  reg {role}_last;\n  integer {role}_take;\n  \
         integer {role}_byte;\n  wire [{constant}Bits:0] {role}_next = {role}_vectors[{role}_take];\n"
    );
    match style {
        Style::Nonblocking => {
            text += &format!(
                "  always @* {role}_take = ({role}_valid & {role}_ready) ? {role}_index + 1 : \
                 {role}_index;\n  always @(posedge aclk) begin\n    {role}_last <= \
                 {role}_next[{constant}Bits];\n"
            );
            for byte in 0..width / 8 {
                let range = format!("[{}:{}]", 8 * byte + 7, 8 * byte);
                text += &format!("    {role}_data{range} <= {role}_next{range};\n");
            }
        }
        Style::Blocking => {
            text += &format!(
                "  always @* {role}_take = {role}_index;\n  always @(negedge aclk) begin\n    {role}_last = \
                 {role}_next[{constant}Bits];\n    for ({role}_byte = 0; {role}_byte < {}; {role}_byte = \
                 {role}_byte + 1)\n      {role}_data[8*{role}_byte +: 8] = {role}_next[8*{role}_byte +: 8];\n",
                width / 8
            );
        }
    }
    text + "  end\n"
}
