#pragma once

#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

/// A table that whoever asks for a report adds to it: the bill of each tenant before and after a
/// fork, the requests that weren't repeated. Each row has as many cells as there are columns.
struct ReportTable {
  std::string title;
  std::string note;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};
BOOST_DESCRIBE_STRUCT(ReportTable, (), (title, note, columns, rows))

/// What a report says of itself: what it is, and how it was made and can be made again. All of it
/// may be empty, and any of it may hold whatever bytes a user typed.
struct ReportOrigin {
  std::string title;
  /// A sentence or two below the title.
  std::string introduction;
  /// The command line that makes the same report.
  std::string command;
  std::string release;
  std::string commit;
  /// "€"; stands before amounts. Without one amounts are bare numbers.
  std::string currency;
  std::vector<std::string> notes;
  std::vector<ReportTable> tables;
};
BOOST_DESCRIBE_STRUCT(ReportOrigin, (),
                      (title, introduction, command, release, commit, currency, notes, tables))

}  // namespace orrery
