//! The command `tollgate`.

/// Counts what is allocated, so that a script can't take all memory of the machine.
#[global_allocator]
static ALLOCATOR: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, usize::MAX);

fn main() -> std::process::ExitCode {
    tollgate::policy::watch_memory(|| ALLOCATOR.allocated());
    tollgate::policy::give_up_with(tollgate::cli::give_up);
    tollgate::cli::main(std::env::args_os()).into()
}
