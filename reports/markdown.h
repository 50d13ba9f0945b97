// Markdown, as GitHub shows it, from texts that may be anything.
#pragma once

#include <string>
#include <vector>

namespace aftershock::markdown {

/// One cell of a table, or a piece of a line: nothing in it ends the cell, or is taken for markup.
/// A long text is cut.
std::string cell(const std::string& text);

/// Code in a cell of a table. A backtick in it would end the code, so there are more around it. A
/// long one is cut.
std::string code(const std::string& text);

/// The same outside of tables, where a bar means nothing. It is to be copied, so it is cut only
/// where no line of a shell would be so long.
std::string command(const std::string& text);

/// Of a table, cells as they are.
std::string row(const std::vector<std::string>& cells);

}  // namespace aftershock::markdown
