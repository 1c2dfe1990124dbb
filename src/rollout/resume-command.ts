/** What takes a run up again, in this process or another. */
export function resumeCommand(id: string): string {
  return `kubectl linkerd-upgrade restart --resume ${id}`;
}
