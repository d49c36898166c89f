import { describeWith } from './suite';

describe('a suite that needs what is missing', () => {
  const { CI } = process.env;
  afterEach(() => {
    if (CI === undefined) delete process.env.CI;
    else process.env.CI = CI;
  });

  it('is a failure under CI, which says what is missing', () => {
    process.env.CI = 'true';
    const missing = () => {
      throw new Error('Go is needed');
    };
    const declare = () => describeWith([() => 'there', missing], 'a lake on S3', () => {});
    expect(declare).toThrow('a lake on S3: Go is needed');
  });
});
