/**
 * What was given to an import cannot be used as a whole: the file, its header or an option. Nothing was
 * imported.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}
