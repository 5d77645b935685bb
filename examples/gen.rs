fn main() {
    let args: Vec<String> = std::env::args().collect();
    let d = match bitweight::config::load(&args[1]) {
        Ok(d) => d,
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(2)
        }
    };
    std::fs::create_dir_all(&args[2]).unwrap();
    for m in bitweight::rtl::modules(&d) {
        std::fs::write(format!("{}/{}", args[2], m.file()), &m.text).unwrap();
        println!("{}/{}", args[2], m.file());
    }
}
