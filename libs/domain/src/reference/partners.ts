/**
 * Trade partners: the 226 countries and regions that Zhengzhou is published to trade with, and the 22 with an e-commerce memorandum.
 *
 * The statement gives the number and not the list, so the list is our choice, by rule: every ISO 3166-1 code except China itself and
 * - seven without a permanent civil population: AQ BV GS HM IO TF UM;
 * - twelve whose trade is counted with the state they belong to: AX (Finland), BL and MF (France), BQ (Netherlands), CC, CX and NF
 *   (Australia), GG, IM and JE (United Kingdom), SJ (Norway), VA (Italy);
 * - EH, which has no customs administration of its own, and PN and TK, with less than two thousand people and no cargo port or airport.
 * Hong Kong, Macao and Taiwan are regions with customs of their own, and are partners. Continents follow the United Nations' geographical
 * regions (M49), Central America and the Caribbean being part of North America.
 */

export type Continent = 'asia' | 'europe' | 'africa' | 'north-america' | 'south-america' | 'oceania';

/** `code` is ISO 3166-1 alpha-2; `memorandum` tells of a memorandum of understanding on e-commerce with China, signed since 2016. */
export interface Partner {
  readonly code: string;
  readonly name: string;
  readonly continent: Continent;
  readonly memorandum: boolean;
}

type Row = readonly [code: string, name: string, continent: Continent];

const rows: readonly Row[] = [
  ['AF', 'Afghanistan', 'asia'],
  ['AM', 'Armenia', 'asia'],
  ['AZ', 'Azerbaijan', 'asia'],
  ['BH', 'Bahrain', 'asia'],
  ['BD', 'Bangladesh', 'asia'],
  ['BT', 'Bhutan', 'asia'],
  ['BN', 'Brunei Darussalam', 'asia'],
  ['KH', 'Cambodia', 'asia'],
  ['CY', 'Cyprus', 'asia'],
  ['GE', 'Georgia', 'asia'],
  ['HK', 'Hong Kong, China', 'asia'],
  ['IN', 'India', 'asia'],
  ['ID', 'Indonesia', 'asia'],
  ['IR', 'Iran', 'asia'],
  ['IQ', 'Iraq', 'asia'],
  ['IL', 'Israel', 'asia'],
  ['JP', 'Japan', 'asia'],
  ['JO', 'Jordan', 'asia'],
  ['KZ', 'Kazakhstan', 'asia'],
  ['KW', 'Kuwait', 'asia'],
  ['KG', 'Kyrgyzstan', 'asia'],
  ['LA', 'Laos', 'asia'],
  ['LB', 'Lebanon', 'asia'],
  ['MO', 'Macao, China', 'asia'],
  ['MY', 'Malaysia', 'asia'],
  ['MV', 'Maldives', 'asia'],
  ['MN', 'Mongolia', 'asia'],
  ['MM', 'Myanmar', 'asia'],
  ['NP', 'Nepal', 'asia'],
  ['KP', 'North Korea', 'asia'],
  ['OM', 'Oman', 'asia'],
  ['PK', 'Pakistan', 'asia'],
  ['PS', 'Palestine', 'asia'],
  ['PH', 'Philippines', 'asia'],
  ['QA', 'Qatar', 'asia'],
  ['SA', 'Saudi Arabia', 'asia'],
  ['SG', 'Singapore', 'asia'],
  ['KR', 'South Korea', 'asia'],
  ['LK', 'Sri Lanka', 'asia'],
  ['SY', 'Syria', 'asia'],
  ['TW', 'Taiwan, China', 'asia'],
  ['TJ', 'Tajikistan', 'asia'],
  ['TH', 'Thailand', 'asia'],
  ['TL', 'Timor-Leste', 'asia'],
  ['TR', 'Türkiye', 'asia'],
  ['TM', 'Turkmenistan', 'asia'],
  ['AE', 'United Arab Emirates', 'asia'],
  ['UZ', 'Uzbekistan', 'asia'],
  ['VN', 'Viet Nam', 'asia'],
  ['YE', 'Yemen', 'asia'],
  ['AL', 'Albania', 'europe'],
  ['AD', 'Andorra', 'europe'],
  ['AT', 'Austria', 'europe'],
  ['BY', 'Belarus', 'europe'],
  ['BE', 'Belgium', 'europe'],
  ['BA', 'Bosnia and Herzegovina', 'europe'],
  ['BG', 'Bulgaria', 'europe'],
  ['HR', 'Croatia', 'europe'],
  ['CZ', 'Czechia', 'europe'],
  ['DK', 'Denmark', 'europe'],
  ['EE', 'Estonia', 'europe'],
  ['FO', 'Faroe Islands', 'europe'],
  ['FI', 'Finland', 'europe'],
  ['FR', 'France', 'europe'],
  ['DE', 'Germany', 'europe'],
  ['GI', 'Gibraltar', 'europe'],
  ['GR', 'Greece', 'europe'],
  ['HU', 'Hungary', 'europe'],
  ['IS', 'Iceland', 'europe'],
  ['IE', 'Ireland', 'europe'],
  ['IT', 'Italy', 'europe'],
  ['LV', 'Latvia', 'europe'],
  ['LI', 'Liechtenstein', 'europe'],
  ['LT', 'Lithuania', 'europe'],
  ['LU', 'Luxembourg', 'europe'],
  ['MT', 'Malta', 'europe'],
  ['MD', 'Moldova', 'europe'],
  ['MC', 'Monaco', 'europe'],
  ['ME', 'Montenegro', 'europe'],
  ['NL', 'Netherlands', 'europe'],
  ['MK', 'North Macedonia', 'europe'],
  ['NO', 'Norway', 'europe'],
  ['PL', 'Poland', 'europe'],
  ['PT', 'Portugal', 'europe'],
  ['RO', 'Romania', 'europe'],
  ['RU', 'Russia', 'europe'],
  ['SM', 'San Marino', 'europe'],
  ['RS', 'Serbia', 'europe'],
  ['SK', 'Slovakia', 'europe'],
  ['SI', 'Slovenia', 'europe'],
  ['ES', 'Spain', 'europe'],
  ['SE', 'Sweden', 'europe'],
  ['CH', 'Switzerland', 'europe'],
  ['UA', 'Ukraine', 'europe'],
  ['GB', 'United Kingdom', 'europe'],
  ['DZ', 'Algeria', 'africa'],
  ['AO', 'Angola', 'africa'],
  ['BJ', 'Benin', 'africa'],
  ['BW', 'Botswana', 'africa'],
  ['BF', 'Burkina Faso', 'africa'],
  ['BI', 'Burundi', 'africa'],
  ['CV', 'Cabo Verde', 'africa'],
  ['CM', 'Cameroon', 'africa'],
  ['CF', 'Central African Republic', 'africa'],
  ['TD', 'Chad', 'africa'],
  ['KM', 'Comoros', 'africa'],
  ['CG', 'Congo', 'africa'],
  ['CD', 'Congo (Democratic Republic)', 'africa'],
  ['CI', "Côte d'Ivoire", 'africa'],
  ['DJ', 'Djibouti', 'africa'],
  ['EG', 'Egypt', 'africa'],
  ['GQ', 'Equatorial Guinea', 'africa'],
  ['ER', 'Eritrea', 'africa'],
  ['SZ', 'Eswatini', 'africa'],
  ['ET', 'Ethiopia', 'africa'],
  ['GA', 'Gabon', 'africa'],
  ['GM', 'Gambia', 'africa'],
  ['GH', 'Ghana', 'africa'],
  ['GN', 'Guinea', 'africa'],
  ['GW', 'Guinea-Bissau', 'africa'],
  ['KE', 'Kenya', 'africa'],
  ['LS', 'Lesotho', 'africa'],
  ['LR', 'Liberia', 'africa'],
  ['LY', 'Libya', 'africa'],
  ['MG', 'Madagascar', 'africa'],
  ['MW', 'Malawi', 'africa'],
  ['ML', 'Mali', 'africa'],
  ['MR', 'Mauritania', 'africa'],
  ['MU', 'Mauritius', 'africa'],
  ['YT', 'Mayotte', 'africa'],
  ['MA', 'Morocco', 'africa'],
  ['MZ', 'Mozambique', 'africa'],
  ['NA', 'Namibia', 'africa'],
  ['NE', 'Niger', 'africa'],
  ['NG', 'Nigeria', 'africa'],
  ['RE', 'Réunion', 'africa'],
  ['RW', 'Rwanda', 'africa'],
  ['SH', 'Saint Helena, Ascension and Tristan da Cunha', 'africa'],
  ['ST', 'Sao Tome and Principe', 'africa'],
  ['SN', 'Senegal', 'africa'],
  ['SC', 'Seychelles', 'africa'],
  ['SL', 'Sierra Leone', 'africa'],
  ['SO', 'Somalia', 'africa'],
  ['ZA', 'South Africa', 'africa'],
  ['SS', 'South Sudan', 'africa'],
  ['SD', 'Sudan', 'africa'],
  ['TZ', 'Tanzania', 'africa'],
  ['TG', 'Togo', 'africa'],
  ['TN', 'Tunisia', 'africa'],
  ['UG', 'Uganda', 'africa'],
  ['ZM', 'Zambia', 'africa'],
  ['ZW', 'Zimbabwe', 'africa'],
  ['AI', 'Anguilla', 'north-america'],
  ['AG', 'Antigua and Barbuda', 'north-america'],
  ['AW', 'Aruba', 'north-america'],
  ['BS', 'Bahamas', 'north-america'],
  ['BB', 'Barbados', 'north-america'],
  ['BZ', 'Belize', 'north-america'],
  ['BM', 'Bermuda', 'north-america'],
  ['VG', 'British Virgin Islands', 'north-america'],
  ['CA', 'Canada', 'north-america'],
  ['KY', 'Cayman Islands', 'north-america'],
  ['CR', 'Costa Rica', 'north-america'],
  ['CU', 'Cuba', 'north-america'],
  ['CW', 'Curaçao', 'north-america'],
  ['DM', 'Dominica', 'north-america'],
  ['DO', 'Dominican Republic', 'north-america'],
  ['SV', 'El Salvador', 'north-america'],
  ['GL', 'Greenland', 'north-america'],
  ['GD', 'Grenada', 'north-america'],
  ['GP', 'Guadeloupe', 'north-america'],
  ['GT', 'Guatemala', 'north-america'],
  ['HT', 'Haiti', 'north-america'],
  ['HN', 'Honduras', 'north-america'],
  ['JM', 'Jamaica', 'north-america'],
  ['MQ', 'Martinique', 'north-america'],
  ['MX', 'Mexico', 'north-america'],
  ['MS', 'Montserrat', 'north-america'],
  ['NI', 'Nicaragua', 'north-america'],
  ['PA', 'Panama', 'north-america'],
  ['PR', 'Puerto Rico', 'north-america'],
  ['KN', 'Saint Kitts and Nevis', 'north-america'],
  ['LC', 'Saint Lucia', 'north-america'],
  ['PM', 'Saint Pierre and Miquelon', 'north-america'],
  ['VC', 'Saint Vincent and the Grenadines', 'north-america'],
  ['SX', 'Sint Maarten', 'north-america'],
  ['TT', 'Trinidad and Tobago', 'north-america'],
  ['TC', 'Turks and Caicos Islands', 'north-america'],
  ['US', 'United States', 'north-america'],
  ['VI', 'United States Virgin Islands', 'north-america'],
  ['AR', 'Argentina', 'south-america'],
  ['BO', 'Bolivia', 'south-america'],
  ['BR', 'Brazil', 'south-america'],
  ['CL', 'Chile', 'south-america'],
  ['CO', 'Colombia', 'south-america'],
  ['EC', 'Ecuador', 'south-america'],
  ['FK', 'Falkland Islands (Malvinas)', 'south-america'],
  ['GF', 'French Guiana', 'south-america'],
  ['GY', 'Guyana', 'south-america'],
  ['PY', 'Paraguay', 'south-america'],
  ['PE', 'Peru', 'south-america'],
  ['SR', 'Suriname', 'south-america'],
  ['UY', 'Uruguay', 'south-america'],
  ['VE', 'Venezuela', 'south-america'],
  ['AS', 'American Samoa', 'oceania'],
  ['AU', 'Australia', 'oceania'],
  ['CK', 'Cook Islands', 'oceania'],
  ['FJ', 'Fiji', 'oceania'],
  ['PF', 'French Polynesia', 'oceania'],
  ['GU', 'Guam', 'oceania'],
  ['KI', 'Kiribati', 'oceania'],
  ['MH', 'Marshall Islands', 'oceania'],
  ['FM', 'Micronesia', 'oceania'],
  ['NR', 'Nauru', 'oceania'],
  ['NC', 'New Caledonia', 'oceania'],
  ['NZ', 'New Zealand', 'oceania'],
  ['NU', 'Niue', 'oceania'],
  ['MP', 'Northern Mariana Islands', 'oceania'],
  ['PW', 'Palau', 'oceania'],
  ['PG', 'Papua New Guinea', 'oceania'],
  ['WS', 'Samoa', 'oceania'],
  ['SB', 'Solomon Islands', 'oceania'],
  ['TO', 'Tonga', 'oceania'],
  ['TV', 'Tuvalu', 'oceania'],
  ['VU', 'Vanuatu', 'oceania'],
  ['WF', 'Wallis and Futuna', 'oceania'],
];

/** In the order of the published statement, which begins with Chile in 2016. */
const memorandumCodes: ReadonlySet<string> = new Set(
  'CL NZ VN BR AU KH EE HU AT RU KZ RW IS KW PA AR IT AE VU CO UZ WS'.split(' '),
);

/** All partners, by continent and then by name. */
export const partners: readonly Partner[] = rows.map(([code, name, continent]) => ({
  code,
  name,
  continent,
  memorandum: memorandumCodes.has(code),
}));

const byCode: ReadonlyMap<string, Partner> = new Map(partners.map((partner) => [partner.code, partner]));

/** The partner with this ISO 3166-1 alpha-2 code, or undefined; China is not a partner of itself. */
export function partnerByCode(code: string): Partner | undefined {
  return byCode.get(code);
}

/** Whether this code is one of the 226 partners. */
export function isPartner(code: string): boolean {
  return byCode.has(code);
}

/** Whether a country has an e-commerce memorandum with China. */
export function hasMemorandum(code: string): boolean {
  return memorandumCodes.has(code);
}

/** The published statement spreads the memoranda "over five continents", which is true when the Americas count as one. */
export type StatementContinent = Exclude<Continent, 'north-america' | 'south-america'> | 'americas';

/** The continent as the published statement counts it. */
export function statementContinentOf(continent: Continent): StatementContinent {
  return continent === 'north-america' || continent === 'south-america' ? 'americas' : continent;
}
