/**
 * How a table gets its rows again when data files or manifests of it are damaged: the log is the truth, and
 * has all of them.
 */
export const emptyAndExport = (dataset: string): string =>
  `The event log has its rows: \`tidemark export rollback ${dataset} --to-empty\`, ` +
  'then `tidemark export run`, exports them again.';

/** The same when it is not known any more what the table is. */
export const removeAndExport = (dataset: string): string =>
  `Take the folder ${dataset} out of the lake: \`tidemark export run\` ` +
  'then makes the table again from the event log.';
