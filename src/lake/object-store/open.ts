import { openFolderStore } from './folder-store';
import { parseLakeUrl, parseS3Endpoint } from './lake-url';
import type { MaintainedObjectStore } from './object-store';

export interface ObjectStoreOptions {
  /** LAKE_URL: a path, `file:///path` or `s3://bucket/prefix` */
  url: string;
  s3?: {
    /** of a server that is not AWS's, such as http://127.0.0.1:9000 */
    endpoint?: string;
    /** default: what the AWS SDK finds; with an endpoint, us-east-1 */
    region?: string;
  };
}

/**
 * Opens the store that a LAKE_URL names. `testObjectStore` tells whether it keeps its promises.
 * @throws LakeUrlError when the address is wrong; ObjectStoreError when the folder cannot be used
 */
export async function openObjectStore({ url, s3 = {} }: ObjectStoreOptions): Promise<MaintainedObjectStore> {
  const location = parseLakeUrl(url);
  if (location.kind === 'folder') return openFolderStore(location.path);
  const endpoint = s3.endpoint === undefined ? undefined : parseS3Endpoint(s3.endpoint);
  // Loading the SDK takes a moment, which a lake in a folder is spared.
  const { openS3Store } = await import('./s3-store.js');
  return openS3Store({ bucket: location.bucket, prefix: location.prefix, endpoint, region: s3.region });
}
