import type { Expected } from '../run-script.ts';

export const TRAPS: Readonly<Record<string, Expected>> = {
  '40-template-page': { refs: ['7 flats invokeurl'], stops: '7 no service here' },
  '41-trap-comments': { refs: ['12 yes invokeurl'], stops: '7 no service here' },
  '42-trap-words': { refs: ['5 real invokeurl'], info: ['connection: z'], stops: '5 no service here' },
  '43-trap-spacing': { refs: ['1 one invokeurl', '7 two invokeurl', '8 three invokeurl'], stops: '1 no service here' },
  '44-trap-key-names': { refs: ['9 by_variable invokeurl'], stops: '4 no service here' },
  '45-trap-duplicate-keys': { refs: ['7 last invokeurl'], stops: '1 no service here' },
  '46-trap-bare-name': {
    refs: ['1 crm_main invokeurl', '3 one invokeurl', '5 one invokeurl', '10 one invokeurl (one of)', '10 two invokeurl (one of)'],
    stops: '1 no service here',
  },
  '47-trap-dynamic': {
    dynamic: [
      '1 "zoho" + suffix',
      '2 if(thisapp.environment.type == "stage", "s", "p")',
      '3 cfg.get("conn")',
      '4 input.conn',
      '7 name',
      '8 name',
    ],
    stops: '1 suffix has no value here',
  },
  '48-trap-placeholders': {
    problems: [
      "1:38 the connection's name is missing: <Your_Oauth_Connection_Name>",
      '2:38 the connection\'s name is missing: ""',
      "3:38 the connection's name is missing: null",
      '4:38 the connection\'s name is missing: "<connection>"',
      '5:53 the connection\'s name is missing: ""',
    ],
    stops: '1 <Your_Oauth_Connection_Name> still stands for something',
  },
  '49-trap-other-brackets': { stops: '1 fetching entries of a form is not supported' },
  '50-trap-chained': {
    refs: [
      '1 desk_link zoho.desk.getRecordById',
      '2 chained invokeurl',
      '3 printed invokeurl',
      '4 bare invokeurl',
      '5 inner invokeurl',
      '5 in_map invokeurl',
    ],
    stops: '1 zoho.desk.getRecordById is not here',
  },
  '51-trap-open-text': {
    refs: ['2 still_found invokeurl'],
    problems: ['1:9 a text has no closing quote'],
    stops: '2 this part of the script is not understood',
  },
  '52-trap-curly-quotes': {
    problems: [
      '3:7 curly quotes are no quotes in Deluge: use " instead',
      '4:14 curly quotes are no quotes in Deluge: use " instead',
      "4:14 the connection's name is missing: “crm_main”",
    ],
    stops: '3 curly quotes are no quotes in Deluge: use " instead',
  },
  '53-trap-excerpt-else': {
    refs: ['4 in_else invokeurl', '8 in_catch invokeurl'],
    problems: ['1:1 not understood here: }', '9:1 the script ends too early'],
    stops: '1 this part of the script is not understood',
  },
  '54-trap-semicolons': {
    refs: ['5 semi invokeurl'],
    problems: [
      '3:10 entries of a block stand apart by white space alone: no semicolon here',
      '4:11 entries of a block stand apart by white space alone: no semicolon here',
      '5:20 entries of a block stand apart by white space alone: no semicolon here',
    ],
    stops: '1 no service here',
  },
  '55-trap-values-with-colons': { refs: ['6 colons invokeurl'], stops: '4 x has no value here' },
  '58-function-form': { stops: '2 there is no function getUrl' },
  '66-broken-block': {
    refs: ['5 half_known invokeurl (likely)'],
    problems: ['4:9 not understood here: :', '5:12 not understood here: :', '6:2 not understood here: ;'],
    stops: '4 this part of the script is not understood',
  },
  '67-windows-line-ends': { refs: ['5 crlf invokeurl'], stops: '2 no service here' },
  '68-connection-of-another-function': { refs: ['4 of_one invokeurl', '12 conn invokeurl'], dynamic: ['8 conn'] },
  '69-comment-behind-block': { refs: ['4 first invokeurl', '7 second invokeurl'], stops: '1 no service here' },
  '71-chain-on-next-line': { refs: ['2 one invokeurl', '6 two invokeurl', '10 three invokeurl'], stops: '2 no service here' },
  '72-insert-gives-id': { stops: '2 insert into is not supported' },
  '75-curly-in-url': {
    refs: ['1 found invokeurl'],
    problems: ['1:22 curly quotes are no quotes in Deluge: use " instead', '2:6 curly quotes are no quotes in Deluge: use " instead'],
    stops: '1 curly quotes are no quotes in Deluge: use " instead',
  },
};
