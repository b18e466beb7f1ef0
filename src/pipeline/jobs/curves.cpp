#include "qsample/jobs/curves.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/fail.h"
#include "files/output_file.h"
#include "pipeline/curves/curves_plot.h"
#include "pipeline/curves/schedule_table.h"
#include "pipeline/destination.h"
#include "pipeline/input.h"
#include "pipeline/plot/raster.h"
#include "pipeline/plot/svg.h"
#include "pipeline/source.h"
#include "qsample/error.h"

namespace qsample {
namespace {

// What is written, by the ending of its file.
struct Form {
  std::string_view name;
  bool picture;
  bool ending = true;  // there are files of this ending
};
constexpr Form kForms[] = {{"svg", true},   {"png", true},          {"csv", false},
                           {"json", false}, {"safetensors", false}, {"table", false, false}};

constexpr int kLeastSize = 16;
constexpr int kMostSize = 8192;

const Form* form_of(std::string_view name) {
  const auto* form = std::find_if(std::begin(kForms), std::end(kForms),
                                  [&](const Form& known) { return known.name == name; });
  return form == std::end(kForms) ? nullptr : form;
}

std::string endings() {
  std::string text;
  for (const Form& form : kForms) {
    if (form.ending) text += (text.empty() ? "." : ", .") + std::string(form.name);
  }
  return text;
}

const Form& form_of(const CurvesJob& job) {
  std::string ending = lower_extension(job.output);
  if (ending.starts_with('.')) ending.erase(0, 1);
  const Form* named = form_of(ending);
  if (named != nullptr && !named->ending) named = nullptr;
  if (!job.format.empty()) {
    const Form* asked = form_of(job.format);
    if (asked == nullptr) {
      fail(Named{"format"}, ": '", job.format,
           "' is not one of table, csv, json, safetensors, svg, png");
    }
    if (named != nullptr && named != asked) {
      fail(job.output, ": is named as ", named->name, ", and ", Named{"format"}, " is ",
           asked->name, "; leave out one");
    }
    return *asked;
  }
  if (named != nullptr) return *named;
  if (job.output == "-") return *form_of("table");
  if (ending.empty()) {
    fail(job.output, ": has no ending that tells its form; give one, or ", Named{"format"},
         "; known endings are ", endings());
  }
  fail(job.output, ": no schedule is written as '.", ending, "'; known endings are ", endings());
}

void check_labels(const std::vector<NamedSchedule>& schedules) {
  if (schedules.empty()) fail("no schedule is given");
  std::set<std::string_view> labels;
  for (const NamedSchedule& named : schedules) {
    if (!labels.insert(named.label).second) fail("two schedules are called ", named.label);
  }
}

void check_table(const CurvesJob& job) {
  const char* const remedy = " is of a picture; write one by the ending .svg or .png";
  if (!job.marks.empty()) fail(Named{"mark"}, remedy);
  if (job.theme != Theme::automatic) fail(Named{"theme"}, remedy);
  if (job.width != 0 || job.height != 0) fail(Named{"view-size"}, remedy);
  if (job.rows.empty()) return;
  if (job.rows.size() != job.schedules.size()) fail("there are rows of other schedules");
  for (std::size_t i = 0; i < job.rows.size(); ++i) {
    const NoiseSchedule& schedule = job.schedules[i].schedule;
    const int last = schedule.steps() + static_cast<int>(schedule.points());
    if (job.rows[i] >= 0 && job.rows[i] <= last) continue;
    const std::string whose = job.schedules.size() == 1 ? "" : " of " + job.schedules[i].label;
    fail("row ", job.rows[i], " is outside 0..", last, whose);
  }
}

void check_picture(const CurvesJob& job) {
  if (!job.rows.empty()) {
    fail("a single row is of a table; in a picture ", Named{"mark"}, " shows a timestep");
  }
  for (const int size : {job.width, job.height}) {
    if (size != 0 && (size < kLeastSize || size > kMostSize)) {
      fail(Named{"view-size"}, ": ", size, " is outside ", kLeastSize, "..", kMostSize);
    }
  }
  check_marks(job.schedules, job.marks);
}

}  // namespace

void check_marks(const std::vector<NamedSchedule>& schedules, const std::vector<int>& marks) {
  for (const int t : marks) {
    for (const auto& [label, schedule, timesteps] : schedules) {
      if (t >= 0 && t <= schedule.steps()) continue;
      const std::string whose = schedules.size() == 1 ? "" : " of " + label;
      fail(Named{"mark"}, ": ", t, " is outside 0..", schedule.steps(), whose);
    }
  }
}

bool is_picture(const CurvesJob& job) { return form_of(job).picture; }

void write_curves(const CurvesJob& job, const RunOptions& run) {
  const Form& form = form_of(job);
  check_labels(job.schedules);
  if (form.picture) {
    check_picture(job);
  } else {
    check_table(job);
  }
  check_is_no_folder(job.output);
  Outputs own;
  Outputs& written = run.outputs == nullptr ? own : *run.outputs;
  check_one_output(job.output, job.other_inputs, written.files());
  check_place(job.output, job.overwrite);
  OutputFile file(job.output, {.overwrite = job.overwrite}, written);
  const auto write = [&](std::string_view text) {
    throw_if(run.stop);
    file.write(std::as_bytes(std::span(text)));
  };
  if (form.name == "svg") {
    write(plot::svg_of(plot::curves_plot(job), job.theme));
  } else if (form.name == "png") {
    plot::write_png(plot::curves_plot(job), job.theme, job.output, run, [&](Bytes piece) {
      throw_if(run.stop);
      file.write(piece);
    });
  } else {
    const plot::TableForm table = form.name == "csv"           ? plot::TableForm::csv
                                  : form.name == "json"        ? plot::TableForm::json
                                  : form.name == "safetensors" ? plot::TableForm::safetensors
                                                               : plot::TableForm::plain;
    plot::write_table(job, table, run.stop, write);
  }
  file.commit();
  written.sync();
}

}  // namespace qsample
