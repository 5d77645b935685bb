use bitweight::sim::{self, stimulus};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let d = match bitweight::config::load(&args[1]) {
        Ok(d) => d,
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(2)
        }
    };
    let [m, k, n] = [2, 3, 4].map(|i| args[i].parse().unwrap());
    let stall = args.get(5).map_or(0.0, |s| s.parse().unwrap());
    let a = stimulus::random(m, k, d.multiplier.a, stimulus::Distribution::Uniform, 1, 0);
    let b = stimulus::random(k, n, d.multiplier.b, stimulus::Distribution::Uniform, 1, 1);
    let job = sim::Job {
        design: &d,
        files: None,
        a: &a,
        b: &b,
        seed: 1,
        stall,
        trace: None,
        limit: std::time::Duration::from_secs(600),
    };
    match sim::run(&job, &mut |_, _| {}) {
        Ok((r, _)) => {
            println!("{}", serde_json::to_string_pretty(&r).unwrap());
            for m in &r.first_mismatches {
                println!("{m}");
            }
        }
        Err(e) => println!("{e}"),
    }
}
