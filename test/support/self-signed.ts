import { generateKeyPairSync, sign } from 'node:crypto';

const OID = {
  commonName: '550403',
  basicConstraints: '551d13',
  subjectAltName: '551d11',
  ecdsaWithSha256: '2a8648ce3d040302',
};
const [INTEGER, BIT_STRING, OCTET_STRING, OBJECT, UTF8, UTC_TIME, SEQUENCE, SET] = [
  2, 3, 4, 6, 12, 23, 0x30, 0x31,
];
const [DNS_NAME, IP_ADDRESS] = [0x82, 0x87];
/** A field that is told by its number: of a certificate the version, and the extensions. */
const field = (number: number): number => 0xa0 + number;

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const oid = (name: keyof typeof OID): Buffer => der(OBJECT, Buffer.from(OID[name], 'hex'));
const extension = (name: keyof typeof OID, value: Buffer): Buffer =>
  der(SEQUENCE, oid(name), der(OCTET_STRING, value));

/** A key, and a certificate for it that vouches for itself, for 127.0.0.1 and localhost; both PEM. */
export function selfSigned(): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = der(SEQUENCE, oid('ecdsaWithSha256'));
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, oid('commonName'), der(UTF8, Buffer.from('a test')))));
  const names = [
    der(IP_ADDRESS, Buffer.from([127, 0, 0, 1])),
    der(DNS_NAME, Buffer.from('localhost', 'latin1')),
  ];
  const body = der(
    SEQUENCE,
    der(field(0), der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.from([1])),
    algorithm,
    name,
    der(SEQUENCE, der(UTC_TIME, Buffer.from('200101000000Z')), der(UTC_TIME, Buffer.from('491231235959Z'))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      field(3),
      der(
        SEQUENCE,
        extension('basicConstraints', der(SEQUENCE, Buffer.from('0101ff', 'hex'))),
        extension('subjectAltName', der(SEQUENCE, ...names)),
      ),
    ),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = der(SEQUENCE, body, algorithm, der(BIT_STRING, Buffer.from([0]), signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
