import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { zipSync, strToU8 } from 'fflate';
import { failsWith, readAll, typesOf } from '../../../../test/support/uploaded-file.ts';

const workbook = (sheet: string, more: Record<string, string> = {}): Uint8Array =>
  zipSync(
    Object.fromEntries(
      Object.entries({
        'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="One" r:id="i"/></sheets></workbook>',
        'xl/_rels/workbook.xml.rels':
          '<Relationships><Relationship Id="i" Target="worksheets/sheet1.xml"/></Relationships>',
        'xl/worksheets/sheet1.xml': sheet,
        ...more,
      }).map(([name, text]) => [name, strToU8(text)]),
    ),
  );

describe('XLSX', () => {
  it('reads texts, digits, dates and gaps', async () => {
    const sheet =
      '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c><c r="C1" t="s"><v>1</v></c></row><row r="3"><c r="A3"><v>1.5</v></c><c r="C3" s="1"><v>45292</v></c></row></sheetData></worksheet>';
    const found = await readAll(
      workbook(sheet, {
        'xl/sharedStrings.xml': '<sst><si><t>a_x000D_</t></si><si><r><t>c</t></r><r><t>d</t></r></si></sst>',
        'xl/styles.xml': '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
      }),
    );
    assert.deepEqual(
      found.plan.profile.map(({ heading }) => heading),
      ['a\r', 'b', 'cd'],
    );
    assert.deepEqual(typesOf(found), ['numeric', 'text', 'date']);
    assert.deepEqual(found.rows, [['1.5', null, '2024-01-01']]);
  });

  it('refuses bombs', async () => {
    const bomb = workbook(`<worksheet><sheetData>${' '.repeat(30_000_000)}</sheetData></worksheet>`);
    await assert.rejects(readAll(bomb), failsWith('xlsx_too_large'));
    const entities = workbook('<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>');
    await assert.rejects(readAll(entities), failsWith('xlsx_invalid'));
  });
});
