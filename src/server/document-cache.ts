import { createHash } from 'node:crypto';
import type { DocumentNode } from 'graphql';
import { LIMITS } from '../graphql/limits';

/**
 * The documents that were admitted, on whichever transport. It is also the store that Apollo asks (a
 * `KeyValueCache`), so a document that came over both is parsed and kept once. Their texts have at most so
 * many characters in all: a parsed document takes some hundred bytes for each, and a client can send as many
 * different ones as it likes.
 */
export class DocumentCache {
  /** by the hash of their text, least recently used first */
  private readonly documents = new Map<string, DocumentNode>();
  private characters = 0;

  find(source: string): DocumentNode | undefined {
    return this.use(hashOf(source));
  }

  keep(source: string, document: DocumentNode): void {
    this.put(hashOf(source), document);
  }

  async get(apolloKey: string): Promise<DocumentNode | undefined> {
    return this.use(hashIn(apolloKey));
  }

  async set(apolloKey: string, document: DocumentNode): Promise<void> {
    this.put(hashIn(apolloKey), document);
  }

  async delete(apolloKey: string): Promise<void> {
    this.drop(hashIn(apolloKey));
  }

  private use(hash: string): DocumentNode | undefined {
    const document = this.documents.get(hash);
    if (document) {
      this.documents.delete(hash);
      this.documents.set(hash, document);
    }
    return document;
  }

  private put(hash: string, document: DocumentNode): void {
    const { total, longest } = LIMITS.cachedCharacters;
    if (lengthOf(document) > longest || this.documents.has(hash)) return;
    this.documents.set(hash, document);
    this.characters += lengthOf(document);
    for (const oldest of this.documents.keys()) {
      if (this.characters <= total) break;
      this.drop(oldest);
    }
  }

  private drop(hash: string): void {
    const document = this.documents.get(hash);
    if (!document) return;
    this.documents.delete(hash);
    this.characters -= lengthOf(document);
  }
}

const HASH_LENGTH = 64;
const hashOf = (source: string): string => createHash('sha256').update(source).digest('hex');
/** Apollo's key of a document is a hash of the schema, and behind it the SHA-256 of the text. */
const hashIn = (apolloKey: string): string => apolloKey.slice(-HASH_LENGTH);

/** UTF-16 units of the text that a document was parsed from. */
const lengthOf = ({ loc }: DocumentNode): number => loc?.source.body.length ?? LIMITS.bodyBytes;
