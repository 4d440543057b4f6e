/** TAF TSI messages that show the format, and one for each kind of fault. */
import type { FormatSample } from '../format-sample.js';
import { toTrainRunningForecast, toTrainRunningInformation, type TrainReport } from './train-running-message.js';

const departure: TrainReport = {
  train: ['0033', '------X8015', '00', '2026'],
  startDate: '2026-03-03',
  number: 'X8015',
  location: ['CN', '38901', 'Zhengzhou Putian'],
  locationCode: 'CNZGZ',
  status: '02',
  time: '2026-03-03T09:15:00+08:00',
  madeAt: '2026-03-03T09:16:00+08:00',
};
const valid = toTrainRunningInformation(departure);

const composition = `<?xml version="1.0" encoding="UTF-8"?>
<TrainCompositionMessage>
  <MessageStatus>1</MessageStatus>
  <TransportOperationalIdentifiers>
    <ObjectType>TR</ObjectType>
    <Company>0033</Company>
    <Core>------X8015</Core>
    <Variant>00</Variant>
    <TimetableYear>2026</TimetableYear>
    <StartDate>2026-03-03</StartDate>
  </TransportOperationalIdentifiers>
  <OperationalTrainNumberIdentifier>
    <OperationalTrainNumber>X8015</OperationalTrainNumber>
    <ScheduledTimeAtHandover>2026-03-03T09:00:00+08:00</ScheduledTimeAtHandover>
  </OperationalTrainNumberIdentifier>
  <TrainCompositionJourneySection>
    <JourneySection>
      <JourneySectionOrigin>
        <CountryCodeISO>CN</CountryCodeISO>
        <LocationPrimaryCode>ZZF</LocationPrimaryCode>
      </JourneySectionOrigin>
      <JourneySectionDestination>
        <CountryCodeISO>DE</CountryCodeISO>
        <LocationPrimaryCode>1105</LocationPrimaryCode>
      </JourneySectionDestination>
    </JourneySection>
    <WagonData>
      <WagonNumberFreight>218124712173</WagonNumberFreight>
      <WagonOperationalData>
        <TotalLoadWeight>24500</TotalLoadWeight>
      </WagonOperationalData>
    </WagonData>
    <WagonData>
      <WagonNumberFreight>518008430010</WagonNumberFreight>
    </WagonData>
  </TrainCompositionJourneySection>
</TrainCompositionMessage>
`;

const invalid = (name: string, says: string, text: string): FormatSample => ({ name, valid: false, says, text });

export const tafTsiSamples: readonly FormatSample[] = [
  {
    name: 'departed-from-zhengzhou',
    valid: true,
    says: 'Train X8015 of 3 March left its origin Zhengzhou at 09:15: it counts.',
    text: valid,
  },
  {
    name: 'arrived-at-zhengzhou',
    valid: true,
    says: 'Train X8016 ended its way at Zhengzhou: it counts.',
    text: toTrainRunningInformation({ ...departure, number: 'X8016', status: '01', locationCode: 'ZZF' }),
  },
  {
    name: 'forecast-for-hamburg',
    valid: true,
    says: 'The arrival at Hamburg is expected: it is kept and does not count.',
    text: toTrainRunningForecast({
      ...departure,
      location: ['DE', '1105', 'Hamburg'],
      locationCode: 'DEHAM',
      status: '01',
      time: '2026-03-18T14:00:00+01:00',
    }),
  },
  {
    name: 'departure-changed',
    valid: true,
    says: 'MessageStatus 2 changes the time of the departure.',
    text: toTrainRunningInformation({ ...departure, time: '2026-03-03T09:25:00+08:00', messageStatus: '2' }),
  },
  {
    name: 'departure-taken-back',
    valid: true,
    says: 'MessageStatus 3 takes the departure back.',
    text: toTrainRunningInformation({ ...departure, messageStatus: '3' }),
  },
  { name: 'composition', valid: true, says: 'Train X8015 is made up of two wagons.', text: composition },
  invalid('not-closed', 'The document ends before its elements do.', valid.slice(0, 700)),
  invalid('with-doctype', 'A DOCTYPE is not taken.', valid.replace('<TrainRunning', '<!DOCTYPE a>\n<TrainRunning')),
  invalid('time-missing', 'The report tells no time.', valid.replace(/ *<LocationDateTime>.*\n/, '')),
  invalid('bad-time', 'There is no hour 25.', toTrainRunningInformation({ ...departure, time: '2026-03-03T25:15:00' })),
  invalid(
    'time-without-zone',
    'The time has no offset, and Russia has several time zones.',
    toTrainRunningInformation({
      ...departure,
      location: ['RU', '20000', 'Somewhere'],
      locationCode: '',
      time: '2026-03-09T10:00:00',
    }),
  ),
  invalid('no-train', 'The identifier is that of a path.', valid.replace('>TR<', '>PA<')),
  invalid('no-country', 'The location has no country.', valid.replace('<CountryCodeISO>CN', '<CountryCodeISO>C')),
  invalid('bad-message-status', 'MessageStatus is 1, 2 or 3.', valid.replace('<MessageStatus>1', '<MessageStatus>4')),
  invalid(
    'wagon-check-digit',
    'A wagon number fails its check digit.',
    composition.replace('218124712173', '218124712174'),
  ),
  invalid(
    'other-message',
    'A path request tells no events here.',
    valid.replaceAll('TrainRunningInformationMessage', 'PathRequestMessage'),
  ),
];
