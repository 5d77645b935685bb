//! Names of designs: they become Verilog identifiers and file names.

use super::Invalid;

/// Longest name: the longest suffix and instance name still fit a line of 100 columns beside it.
const MAX_LENGTH: usize = 48;

/// The words that Verilog-2005, SystemVerilog-2017 or VHDL-2008 reserve: a module is also used
/// from designs in the other two.
const RESERVED: &str = "\
    abs accept_on access after alias all always always_comb always_ff always_latch and \
    architecture array assert assign assume assume_guarantee attribute automatic before begin bind \
    bins binsof bit block body break buf buffer bufif0 bufif1 bus byte case casex casez cell \
    chandle checker class clocking cmos component config configuration const constant constraint \
    context continue cover covergroup coverpoint cross deassign default defparam design disable \
    disconnect dist do downto edge else elsif end endcase endchecker endclass endclocking \
    endconfig endfunction endgenerate endgroup endinterface endmodule endpackage endprimitive \
    endprogram endproperty endsequence endspecify endtable endtask entity enum event eventually \
    exit expect export extends extern fairness file final first_match for force foreach forever \
    fork forkjoin function generate generic genvar global group guarded highz0 highz1 if iff \
    ifnone ignore_bins illegal_bins implements implies import impure in incdir include inertial \
    initial inout input inside instance int integer interconnect interface intersect is join \
    join_any join_none label large let liblist library linkage literal local localparam logic \
    longint loop macromodule map matches medium mod modport module nand negedge nettype new next \
    nexttime nmos nor noshowcancelled not notif0 notif1 null of on open or others out output \
    package packed parameter pmos port posedge postponed primitive priority procedure process \
    program property protected pull0 pull1 pulldown pullup pulsestyle_ondetect pulsestyle_onevent \
    pure rand randc randcase randsequence range rcmos real realtime record ref reg register reject \
    reject_on release rem repeat report restrict restrict_guarantee return rnmos rol ror rpmos \
    rtran rtranif0 rtranif1 s_always s_eventually s_nexttime s_until s_until_with scalared select \
    sequence severity shared shortint shortreal showcancelled signal signed sla sll small soft \
    solve specify specparam sra srl static string strong strong0 strong1 struct subtype super \
    supply0 supply1 sync_accept_on sync_reject_on table tagged task then this throughout time \
    timeprecision timeunit to tran tranif0 tranif1 transport tri tri0 tri1 triand trior trireg \
    type typedef unaffected union unique unique0 units unsigned until until_with untyped use uwire \
    var variable vectored virtual vmode void vprop vunit wait wait_order wand weak weak0 weak1 \
    when while wildcard wire with within wor xnor xor";

/// Names of devices of Windows, which does not take them as names of files whatever follows a dot.
const DEVICES: [&str; 22] = [
    "aux", "con", "nul", "prn", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Checks that `name` can name a Verilog module and a file.
///
/// # Errors
/// [`Invalid`] at `name`.
pub fn check(name: &str) -> Result<(), Invalid> {
    let explain = |message: String, help: String| Err(Invalid::new("name", message, help));
    let invalid = |message: String| {
        let help = "start with a lower-case letter and go on with lower-case letters, digits and \
                    single underscores, such as `my_array_4x4`";
        explain(message, help.to_owned())
    };
    if name.is_empty() {
        return invalid("the name is empty".to_owned());
    }
    if name.len() > MAX_LENGTH {
        let message =
            format!("the name has {} characters, at most {MAX_LENGTH} are allowed", name.len());
        return explain(message, "all modules and files start with it; shorten it".to_owned());
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if let Some(character) = name.chars().find(|&c| !allowed(c)) {
        return invalid(format!("the name `{name}` contains `{}`", character.escape_default()));
    }
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return invalid(format!("the name `{name}` does not start with a letter"));
    }
    if name.contains("__") || name.ends_with('_') {
        return invalid(format!("the name `{name}` has an underscore too many"));
    }
    if DEVICES.contains(&name) {
        let message = format!("`{name}` cannot be the name of a file on every system");
        return explain(message, format!("choose another name, such as `my_{name}`"));
    }
    if RESERVED.split_whitespace().any(|word| word == name) {
        let message = format!("`{name}` is a reserved word of a hardware description language");
        return explain(message, format!("choose another name, such as `my_{name}`"));
    }
    Ok(())
}
