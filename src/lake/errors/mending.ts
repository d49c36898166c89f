/** Says how a table is mended whose data files or manifests are damaged: the event log has all its rows. */
export const emptyAndExport = (dataset: string): string =>
  `The event log has its rows: \`tidemark export rollback ${dataset} --to-empty\`, ` +
  'then `tidemark export run`, exports them again.';

/** Says how a table is mended whose metadata is gone or damaged. */
export const removeAndExport = (dataset: string): string =>
  `Take the folder ${dataset} out of the lake: \`tidemark export run\` ` +
  'then makes the table again from the event log.';
