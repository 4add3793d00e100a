import type { Random } from './random.ts'

/** A town on one of Europe's road corridors. */
export interface Place {
  readonly city: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  readonly postalCode: string
  readonly latitude: number
  readonly longitude: number
}

/** Towns along E19, E30, E34, E40, E50, E70 and E75, by hand: a point picked at random may lie in the sea. */
export const places: readonly [Place, ...Place[]] = [
  { city: 'Venlo', country: 'NL', postalCode: '5928', latitude: 51.385, longitude: 6.1201 },
  { city: 'Eindhoven', country: 'NL', postalCode: '5651', latitude: 51.4465, longitude: 5.4188 },
  { city: 'Rotterdam', country: 'NL', postalCode: '3197', latitude: 51.8823, longitude: 4.2786 },
  { city: 'Hengelo', country: 'NL', postalCode: '7554', latitude: 52.2453, longitude: 6.7541 },
  { city: 'Antwerpen', country: 'BE', postalCode: '2030', latitude: 51.2589, longitude: 4.3756 },
  { city: 'Gent', country: 'BE', postalCode: '9042', latitude: 51.1172, longitude: 3.7621 },
  { city: 'Liège', country: 'BE', postalCode: '4460', latitude: 50.6468, longitude: 5.4602 },
  { city: 'Duisburg', country: 'DE', postalCode: '47119', latitude: 51.4556, longitude: 6.7401 },
  { city: 'Bad Oeynhausen', country: 'DE', postalCode: '32549', latitude: 52.2163, longitude: 8.7861 },
  { city: 'Hannover', country: 'DE', postalCode: '30179', latitude: 52.4266, longitude: 9.7442 },
  { city: 'Kassel', country: 'DE', postalCode: '34123', latitude: 51.2881, longitude: 9.5317 },
  { city: 'Würzburg', country: 'DE', postalCode: '97084', latitude: 49.7569, longitude: 9.9552 },
  { city: 'Nürnberg', country: 'DE', postalCode: '90451', latitude: 49.3962, longitude: 11.0461 },
  { city: 'Passau', country: 'DE', postalCode: '94036', latitude: 48.5702, longitude: 13.4121 },
  { city: 'Frankfurt (Oder)', country: 'DE', postalCode: '15236', latitude: 52.3207, longitude: 14.5069 },
  { city: 'Lille', country: 'FR', postalCode: '59810', latitude: 50.5883, longitude: 3.0977 },
  { city: 'Reims', country: 'FR', postalCode: '51100', latitude: 49.2277, longitude: 4.0623 },
  { city: 'Metz', country: 'FR', postalCode: '57070', latitude: 49.1062, longitude: 6.2237 },
  { city: 'Beaune', country: 'FR', postalCode: '21200', latitude: 47.0151, longitude: 4.8564 },
  { city: 'Lyon', country: 'FR', postalCode: '69800', latitude: 45.7053, longitude: 4.9389 },
  { city: 'Perpignan', country: 'FR', postalCode: '66000', latitude: 42.6727, longitude: 2.8541 },
  { city: 'La Jonquera', country: 'ES', postalCode: '17700', latitude: 42.4096, longitude: 2.8757 },
  { city: 'Zaragoza', country: 'ES', postalCode: '50197', latitude: 41.6167, longitude: -0.9744 },
  { city: 'Irún', country: 'ES', postalCode: '20305', latitude: 43.3312, longitude: -1.8094 },
  { city: 'Brescia', country: 'IT', postalCode: '25125', latitude: 45.5007, longitude: 10.2106 },
  { city: 'Verona', country: 'IT', postalCode: '37135', latitude: 45.3981, longitude: 10.9659 },
  { city: 'Piacenza', country: 'IT', postalCode: '29122', latitude: 45.0425, longitude: 9.7411 },
  { city: 'Innsbruck', country: 'AT', postalCode: '6020', latitude: 47.2593, longitude: 11.4189 },
  { city: 'Wels', country: 'AT', postalCode: '4600', latitude: 48.1653, longitude: 14.0026 },
  { city: 'Győr', country: 'HU', postalCode: '9027', latitude: 47.6817, longitude: 17.6832 },
  { city: 'Arad', country: 'RO', postalCode: '310580', latitude: 46.1622, longitude: 21.2811 },
  { city: 'Brno', country: 'CZ', postalCode: '62700', latitude: 49.1815, longitude: 16.6667 },
  { city: 'Poznań', country: 'PL', postalCode: '62-052', latitude: 52.3341, longitude: 16.8119 },
  { city: 'Wrocław', country: 'PL', postalCode: '55-040', latitude: 51.0268, longitude: 16.9523 },
  { city: 'Łódź', country: 'PL', postalCode: '92-413', latitude: 51.7324, longitude: 19.5661 },
  { city: 'Kaunas', country: 'LT', postalCode: '52100', latitude: 54.9402, longitude: 23.8718 },
  { city: 'Padborg', country: 'DK', postalCode: '6330', latitude: 54.8269, longitude: 9.3642 },
  { city: 'Kolding', country: 'DK', postalCode: '6000', latitude: 55.5198, longitude: 9.4405 },
]

/** Returns coordinates within about two kilometres of a place. */
export function near(
  random: Random,
  place: Place,
): { readonly latitude: number; readonly longitude: number } {
  return {
    latitude: Number((place.latitude + random.decimal(-0.015, 0.015, 5)).toFixed(5)),
    longitude: Number((place.longitude + random.decimal(-0.02, 0.02, 5)).toFixed(5)),
  }
}
