import { accountProblem } from './account';

it.each(['myorg-myaccount', 'MYORG-MY_ACCOUNT', 'xy12345', 'xy12345.eu-central-1', 'xy12345.us-east-2.aws'])(
  '%s is an account',
  (account) => {
    expect(accountProblem(account)).toBeUndefined();
  },
);

it.each([
  ['https://myorg-myaccount.snowflakecomputing.com', /without https:.*: myorg-myaccount$/],
  ['https://myorg-myaccount.snowflakecomputing.com/console/login', /: myorg-myaccount$/],
  ['myorg-myaccount.snowflakecomputing.com', /: myorg-myaccount$/],
  ['xy12345.eu-central-1.snowflakecomputing.com', /: xy12345\.eu-central-1$/],
  ['https://my org', /alone, without https:/],
  ['myorg.myaccount', /a hyphen: myorg-myaccount$/],
  ['my account', /give ORGANISATION-ACCOUNT/],
  ['-x', /give ORGANISATION-ACCOUNT/],
])('%s is refused with what to give instead', (account, advice) => {
  expect(accountProblem(account)).toMatch(advice);
});
