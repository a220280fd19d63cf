/** An explained placement as text for operators. */
import type { ExplainedPlacement } from './api.ts';
import type { ExplainedHost, Explanation } from './explain.ts';

/** Hosts are listed up to this number: thousands are not read by anybody. */
const MAX_HOSTS_IN_TEXT = 50;

/** The text, with line breaks. */
export const renderPlacement = ({ serverId, decisions, now }: ExplainedPlacement): string =>
  [`server ${serverId}`, ...decisions.flatMap(decisionLines), ...(now ? nowLines(now) : ['  its record is gone'])].join('\n');

const decisionLines = ({ at, requestId, chosen, alternates, refusals, weights }: ExplainedPlacement['decisions'][number]): string[] => [
  `  ${at.toISOString()} ${requestId}: ${chosen === null ? 'no host' : `${chosen}${alternates.length > 0 ? `, else ${alternates.join(', ')}` : ''}`}`,
  ...refusals.flatMap(({ filter, refused, seen, reasons, otherReasons }) => [
    `    ${filter} refused ${refused} of ${seen}`,
    ...reasons.map(
      ({ because, hosts, examples }) => `      ${because}: ${hosts} (${examples.join(', ')}${hosts > examples.length ? ', ...' : ''})`,
    ),
    ...(otherReasons > 0 ? [`      ${otherReasons} other reasons`] : []),
  ]),
  ...(weights.length > 0 ? [`    weights: ${weights.map(({ host, weight }) => `${host} ${rounded(weight)}`).join(', ')}`] : []),
];

const nowLines = (now: Explanation): string[] => [
  `  now: ${outcomeOf(now)}`,
  `    checked by ${now.filters.join(', ') || 'no filter'}`,
  ...now.hosts.slice(0, MAX_HOSTS_IN_TEXT).flatMap(hostLines),
  ...(now.hosts.length > MAX_HOSTS_IN_TEXT ? [`    and ${now.hosts.length - MAX_HOSTS_IN_TEXT} more hosts`] : []),
];

function outcomeOf({ winner, smallestChange, hosts }: Explanation): string {
  if (winner !== undefined) return `it would go to ${winner}`;
  if (hosts.length === 0) return 'there is no compute host';
  return smallestChange ? `no host; it would fit ${smallestChange.join(' and ')}` : 'no host, whatever was asked for';
}

const hostLines = ({ host, zone, objections, wouldFit, weight, shares }: ExplainedHost): string[] =>
  weight === undefined
    ? [
        `    ${host} (${zone}) refused${wouldFit ? `, would fit ${wouldFit.join(' and ')}` : ''}`,
        ...objections.map(({ filter, because }) => `      ${filter}: ${because}`),
      ]
    : [
        `    ${host} (${zone}) weight ${rounded(weight)}`,
        `      ${shares.map((one) => `${one.weigher} ${rounded(one.share)} (${rounded(one.raw)})`).join(', ') || 'nothing is weighed'}`,
      ];

const rounded = (value: number): string => String(Math.round(value * 1_000) / 1_000);
