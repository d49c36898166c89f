export interface Place {
  country: string;
  regions: readonly string[];
  /** ISO 4217 */
  currency: string;
  /** weight of this country among all customers */
  weight: number;
  /** tax in per cent of what is sold */
  taxPercent: number;
}

export const PLACES: readonly Place[] = [
  {
    country: 'Germany',
    regions: ['Berlin', 'Bavaria', 'Hesse', 'Saxony'],
    currency: 'EUR',
    weight: 24,
    taxPercent: 19,
  },
  {
    country: 'France',
    regions: ['Brittany', 'Normandy', 'Occitanie'],
    currency: 'EUR',
    weight: 17,
    taxPercent: 20,
  },
  { country: 'Netherlands', regions: ['Utrecht', 'Limburg'], currency: 'EUR', weight: 9, taxPercent: 21 },
  {
    country: 'Spain',
    regions: ['Galicia', 'Catalonia', 'Andalusia'],
    currency: 'EUR',
    weight: 8,
    taxPercent: 21,
  },
  {
    country: 'United Kingdom',
    regions: ['England', 'Scotland', 'Wales'],
    currency: 'GBP',
    weight: 18,
    taxPercent: 20,
  },
  {
    country: 'United States',
    regions: ['California', 'New York', 'Texas'],
    currency: 'USD',
    weight: 16,
    taxPercent: 8,
  },
  { country: 'Sweden', regions: ['Skåne', 'Uppsala'], currency: 'SEK', weight: 5, taxPercent: 25 },
  { country: 'Japan', regions: ['Kansai', 'Kantō'], currency: 'JPY', weight: 3, taxPercent: 10 },
];

/** Units of a currency for one euro. */
export const UNITS_PER_EURO: Readonly<Record<string, number>> = {
  EUR: 1,
  GBP: 0.86,
  USD: 1.08,
  SEK: 11.3,
  JPY: 163,
};

const namesOf = (...lists: string[]): string[] => lists.flatMap((names) => names.split(','));

export const GIVEN_NAMES = namesOf(
  'Ada,Ben,Carla,Dmitri,Elif,Finn,Grace,Hugo,Ines,Jonas',
  'Kaya,Liam,Mina,Noah,Olga,Pia,Quinn,Rosa,Sven,Tara',
);
export const FAMILY_NAMES = namesOf(
  'Archer,Bauer,Costa,Dubois,Eriksson,Fischer,Garcia,Hughes,Ito,Jansen',
  'Keller,Lopez,Moreau,Nowak,Okafor,Parker,Rossi,Sato,Tanaka,Weber',
);
