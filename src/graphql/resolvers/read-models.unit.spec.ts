import { typesOn, waysThrough } from '../../../test/support/ways';
import { buildSchema } from '../schema';
import { listedTypes, readModelsOf } from './read-models';

it('says of every object type below a query what it is read from, and of no other', () => {
  const reached = typesOn(waysThrough(buildSchema()));
  // No way ends at AsOf, which is asked for on all of them.
  expect([...listedTypes].sort()).toEqual([...reached, 'AsOf'].sort());
});

it('refuses a type that it does not know, rather than forget its wait', () => {
  expect(() => readModelsOf('Parcel')).toThrow('type Parcel');
});
