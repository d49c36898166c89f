import type { Readable } from 'node:stream';
import { SaxesParser } from 'saxes';
import { InputError } from '../../input-error';

/** What is done with the parts of an XML text. Names are without their prefix. */
export interface XmlHandler {
  open(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Far above any cell or part of a workbook that is read whole. */
const MAX_TEXT = 1024 * 1024;

/**
 * Reads an XML text with the memory of a chunk. It comes back after each chunk, so that the caller can hand
 * on what it has.
 * @throws InputError (while iterating) where it is no XML, or has a text of more than a million characters
 */
export async function* readXml(what: string, stream: Readable, handler: XmlHandler): AsyncGenerator<void> {
  const parser = new SaxesParser();
  const broken = (error: Error) => new InputError(`${what} is damaged: ${error.message}`);
  parser.on('error', (error) => {
    throw broken(error);
  });
  parser.on('opentag', ({ name, attributes }) => handler.open(withoutPrefix(name), attributes));
  parser.on('closetag', ({ name }) => handler.close?.(withoutPrefix(name)));
  parser.on('text', (text) => {
    if (text.length > MAX_TEXT)
      throw new InputError(`${what} has a text of more than ${MAX_TEXT} characters`);
    handler.text?.(text);
  });
  parser.on('cdata', (text) => handler.text?.(text));
  const decoder = new TextDecoder('utf-8');
  try {
    for await (const chunk of stream) {
      parser.write(decoder.decode(chunk as Buffer, { stream: true }));
      yield;
    }
    parser.write(decoder.decode()).close();
    yield;
  } catch (error) {
    throw error instanceof InputError ? error : broken(error as Error);
  } finally {
    stream.destroy();
  }
}

/** Reads an XML text to its end. */
export async function readAllXml(what: string, stream: Readable, handler: XmlHandler): Promise<void> {
  for await (const _ of readXml(what, stream, handler));
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(':') + 1);
