/** Where Bun sends the addresses of a crash, on macOS and Windows without being asked (its `crash_handler.zig`). */
const REPORT_ADDRESS = Buffer.from('https://bun.report', 'latin1');

/** As long as the other. What Bun appends becomes a fragment, and reading that file tells nobody anything. */
const NOWHERE = Buffer.from('file:///dev/null?#', 'latin1');

/**
 * A Bun executable that reports its crashes to nobody. Bun has no switch for it that a packed program could set for
 * itself, only variables of the environment, so the address is overwritten in the executable's constants.
 * @throws Error when the address is not there exactly once: then this Bun reports in another way
 */
export function withoutCrashReports(executable: Buffer): Buffer {
  const place = executable.indexOf(REPORT_ADDRESS);
  if (place === -1 || executable.includes(REPORT_ADDRESS, place + 1)) {
    throw new Error(
      'Bun does not have the address for its crash reports where it was; see scripts/package/crash-reports.ts',
    );
  }
  const changed = Buffer.from(executable);
  NOWHERE.copy(changed, place);
  return changed;
}
