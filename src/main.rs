//! The command `tollgate`.

fn main() -> std::process::ExitCode {
    tollgate::cli::main(std::env::args_os()).into()
}
