/** A command could not do what was asked; the message is for the user. Ends the program with exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
