import { resolve } from 'node:path';
import { LakeUrlError, parseLakeUrl, parseS3Endpoint } from './lake-url';

test.each([
  ['lake', resolve('lake')],
  ['/var/lake', '/var/lake'],
  ['/var/a lake #1', '/var/a lake #1'],
  ['file:lake', resolve('lake')],
  ['file:/var/lake', '/var/lake'],
  ['file:///var/lake/', '/var/lake'],
  ['file:///var/my%20lake', '/var/my lake'],
  ['FILE:///var/lake', '/var/lake'],
])('%s is a folder', (url, path) => {
  expect(parseLakeUrl(url)).toEqual({ kind: 'folder', path });
});

test.each([
  ['s3://shop', 'shop', ''],
  ['s3://shop/', 'shop', ''],
  ['s3://my-shop.eu/lake', 'my-shop.eu', 'lake'],
  ['s3://shop/a/b=c/', 'shop', 'a/b=c'],
  ['s3://shop/läke', 'shop', 'läke'],
])('%s is a bucket', (url, bucket, prefix) => {
  expect(parseLakeUrl(url)).toEqual({ kind: 's3', bucket, prefix });
});

test.each([
  ['', /is empty/],
  ['  ', /is empty/],
  ['lake\n', /control character/],
  ['https://shop.s3.amazonaws.com/lake', /scheme https:.*give a folder/],
  ['s3a://shop/lake', /write s3:\/\/ instead/],
  ['gs://shop', /scheme gs:/],
  ['file:', /names no folder/],
  ['file://lake/x', /names a host/],
  ['file:///var/lake?x=1', /has \? or #/],
  ['file:///var/50%', /write %25/],
  ['s3:shop/lake', /names no bucket/],
  ['s3://', /names no bucket/],
  ['s3:///lake', /names no bucket/],
  ['s3://a', /names no bucket/],
  ['s3://key:hunter2@shop/lake', /must not hold credentials/],
  ['s3://shop/lake?region=x', /in its prefix/],
  ['s3://shop/a//b', /empty part/],
  ['s3://shop/../b', /empty part/],
])('%j is refused', (url, message) => {
  expect(() => parseLakeUrl(url)).toThrow(LakeUrlError);
  expect(() => parseLakeUrl(url)).toThrow(message);
  expect(() => parseLakeUrl(url)).not.toThrow(/hunter2/);
});

test('An endpoint is an address over HTTP', () => {
  expect(parseS3Endpoint('http://127.0.0.1:7070/')).toBe('http://127.0.0.1:7070');
  for (const wrong of ['127.0.0.1:7070', 'minio', 'ftp://minio', 'http://key:hunter2@minio'])
    expect(() => parseS3Endpoint(wrong)).toThrow(/give http:\/\/host:port/);
});
