/** The text of messages about running trains: for samples, and for events on their way back. */
import { writeXml } from '../xml/xml-writing.js';

export interface TrainReport {
  /** Company, core, variant and timetable year of the train's identifier. */
  readonly train: readonly [company: string, core: string, variant: string, year: string];
  /** `2026-03-03`. */
  readonly startDate: string;
  readonly number?: string | undefined;
  /** RICS code of the railway undertaking. */
  readonly undertaking?: string | undefined;
  readonly location: readonly [country: string, primaryCode: string, name?: string];
  /** UN/LOCODE or telegraph code of the location, where it has one. */
  readonly locationCode?: string;
  /** `02` is the departure from the train's origin. */
  readonly status: string;
  /** With its offset. */
  readonly time: string;
  /** When the message is made, with its offset. */
  readonly madeAt: string;
  /** 1 creates, 2 changes, 3 takes back. */
  readonly messageStatus?: '1' | '2' | '3';
}

/** TrainRunningInformation, type 4005: what happened. */
export function toTrainRunningInformation(report: TrainReport): string {
  return writeReport('TrainRunningInformationMessage', '4005', report);
}

/** TrainRunningForecast, type 4004: what is expected. */
export function toTrainRunningForecast(report: TrainReport): string {
  return writeReport('TrainRunningForecastMessage', '4004', report);
}

function writeReport(root: string, type: string, report: TrainReport): string {
  const [company, core, variant, year] = report.train;
  const [country, primaryCode, name] = report.location;
  return writeXml(
    root,
    { xmlns: 'http://www.era.europa.eu/schemes/TAFTSI/3.4' },
    {
      MessageHeader: {
        MessageReference: {
          MessageType: type,
          MessageTypeVersion: '3.4',
          MessageIdentifier: `${core}-${report.status}-${report.madeAt}`,
          MessageDateTime: report.madeAt,
        },
        Sender: company,
      },
      MessageStatus: report.messageStatus ?? '1',
      TrainOperationalIdentification: {
        TransportOperationalIdentifiers: {
          ObjectType: 'TR',
          Company: company,
          Core: core,
          Variant: variant,
          TimetableYear: year,
          StartDate: report.startDate,
        },
      },
      OperationalTrainNumberIdentifier:
        report.number === undefined ? undefined : { OperationalTrainNumber: report.number },
      ResponsibleRU: report.undertaking,
      TrainLocationReport: {
        Location: {
          CountryCodeISO: country,
          LocationPrimaryCode: primaryCode,
          PrimaryLocationName: name,
          LocationSubsidiaryIdentification:
            report.locationCode === undefined ? undefined : { LocationSubsidiaryCode: report.locationCode },
        },
        LocationDateTime: report.time,
        TrainLocationStatus: report.status,
      },
    },
  );
}
