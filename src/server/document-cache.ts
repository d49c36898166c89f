import type { DocumentNode } from 'graphql';
import { LIMITS } from '../graphql/limits';

/**
 * Documents that were admitted, least recently used first. What they take is bounded by the length of their
 * texts: a parsed document takes some hundred bytes for each character, and a client can send as many
 * different ones as it likes. It is also the store that Apollo asks (a `KeyValueCache`), so that both
 * transports have one bound.
 */
export class DocumentCache {
  private readonly documents = new Map<string, DocumentNode>();
  private characters = 0;

  find(key: string): DocumentNode | undefined {
    const document = this.documents.get(key);
    if (document) {
      this.documents.delete(key);
      this.documents.set(key, document);
    }
    return document;
  }

  keep(key: string, document: DocumentNode): void {
    const { total, longest } = LIMITS.cachedCharacters;
    if (lengthOf(document) > longest || this.documents.has(key)) return;
    this.documents.set(key, document);
    this.characters += lengthOf(document);
    for (const oldest of this.documents.keys()) {
      if (this.characters <= total) break;
      this.drop(oldest);
    }
  }

  async get(key: string): Promise<DocumentNode | undefined> {
    return this.find(key);
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    this.keep(key, document);
  }

  async delete(key: string): Promise<void> {
    this.drop(key);
  }

  private drop(key: string): void {
    const document = this.documents.get(key);
    if (!document) return;
    this.documents.delete(key);
    this.characters -= lengthOf(document);
  }
}

/** UTF-16 units of the text that a document was parsed from. */
const lengthOf = ({ loc }: DocumentNode): number => loc?.source.body.length ?? LIMITS.bodyBytes;
