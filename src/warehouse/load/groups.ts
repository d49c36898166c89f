import { FILES_AT_ONCE_BYTES, type LakeFile } from '../lake-files';

/**
 * Groups of files, in their order: each as large as may lie on this machine at once, and of `most` files at
 * most.
 */
export function* groups(
  files: readonly LakeFile[],
  { bytes = FILES_AT_ONCE_BYTES, most = 500 } = {},
): Generator<LakeFile[]> {
  let group: LakeFile[] = [];
  let size = 0;
  for (const file of files) {
    if (group.length > 0 && (size + file.bytes > bytes || group.length === most)) {
      yield group;
      group = [];
      size = 0;
    }
    group.push(file);
    size += file.bytes;
  }
  if (group.length > 0) yield group;
}
