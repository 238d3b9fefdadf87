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

  it('counts days from 1904 where the workbook does', async () => {
    const found = await readAll(
      workbook(
        '<worksheet><sheetData><row><c t="inlineStr"><is><t>d</t></is></c></row><row><c s="0"><v>0</v></c></row></sheetData></worksheet>',
        {
          'xl/workbook.xml':
            '<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="One" r:id="i"/></sheets></workbook>',
          'xl/styles.xml': '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>',
        },
      ),
    );
    assert.deepEqual(found.rows, [['1904-01-01']]);
  });

  it('gives rows back that hold half a character', async () => {
    const found = await readAll(
      workbook(
        '<worksheet><sheetData><row><c t="inlineStr"><is><t>d</t></is></c></row><row r="2"><c t="inlineStr"><is><t>x_xD800_</t></is></c></row></sheetData></worksheet>',
      ),
    );
    assert.deepEqual(found.rows, []);
    assert.deepEqual(
      found.rejected.map(({ line }) => line),
      [2],
    );
  });

  it('refuses more parts than any workbook has, and names without end', async () => {
    const parts = Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`p${index}`, '']));
    await assert.rejects(readAll(workbook('<worksheet/>', parts)), failsWith('xlsx_too_large'));
    const names = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`${index}${'n'.repeat(60_000)}`, '']),
    );
    await assert.rejects(readAll(workbook('<worksheet/>', names)), failsWith('xlsx_too_large'));
  });

  it('refuses a row in which one long text is pointed to again and again', async () => {
    const cells = '<c t="s"><v>0</v></c>'.repeat(1000);
    const bomb = workbook(`<worksheet><sheetData><row>${cells}</row></sheetData></worksheet>`, {
      'xl/sharedStrings.xml': `<sst><si><t>${'x'.repeat(500_000)}</t></si></sst>`,
    });
    await assert.rejects(readAll(bomb), failsWith('row_too_long'));
  });
});
