/** Flags of a run without any waiting between its steps. */
export const SWIFTLY = ['--yes', '--soak', '0s', '--workload-soak', '0s', '--starts-per-minute', '1000'];
