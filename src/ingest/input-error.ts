/** The file of an import, its header or an option cannot be used. Nothing was imported. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
