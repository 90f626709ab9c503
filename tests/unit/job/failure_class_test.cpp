#include "job/failure_class.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace iothub {
namespace {

FailureClass class_of(const std::string& reason, const std::string& message = "") {
  Job job;
  job.failure_reason = reason;
  job.status_message = message;
  return classify_failure(job);
}

// What IoT Hub's import and export say, as far as people have published it: their own issues, and the names
// of the service's error codes in its SDKs.
TEST(FailureClass, IsReadFromWhatAzureSays) {
  for (const auto& [text, expected] : {
           std::pair{"Unable to access blob. If you contact a support representative please include this "
                     "correlation identifier: 98677835-c20b-4bf4-84b2-7824fd78f4f9, timestamp: 2019-09-12 "
                     "18:15:32Z, errorcode: IH400007.",
                     FailureClass::storage_access},
           {"ErrorCode:BlobContainerValidationError;Unauthorized to write to output blob container.",
            FailureClass::storage_access},
           {"The specified container does not exist. (ContainerNotFound)", FailureClass::container_not_found},
           {"The specified blob does not exist.", FailureClass::container_not_found},
           {"ErrorCode:ThrottlingMaxActiveJobCountExceeded;JobQuotaExceeded", FailureClass::quota},
           {"ErrorCode:TooManyDevices", FailureClass::quota},
           {"ErrorCode:DeserializationError", FailureClass::bad_input},
           {"ErrorCode:DeviceDefinedMultipleTimes", FailureClass::bad_input},
           {"ErrorCode:ArgumentInvalid;BadRequest", FailureClass::bad_input},
           {"ErrorCode:ServerError;Something went wrong, please try again", FailureClass::service},
           {"ErrorCode:BackupTimedOut", FailureClass::service},
           {"17 devices did not report back.", FailureClass::other},
           {"", FailureClass::other},
       }) {
    EXPECT_EQ(to_string(class_of(text)), to_string(expected)) << text;
  }
}

TEST(FailureClass, DoesNotDependOnCase) {
  EXPECT_EQ(class_of("UNABLE TO ACCESS BLOB"), FailureClass::storage_access);
}

TEST(FailureClass, IsReadFromTheMessageIfTheReasonTellsNothing) {
  EXPECT_EQ(class_of("", "quota exceeded"), FailureClass::quota);
  EXPECT_EQ(class_of("failed", "quota exceeded"), FailureClass::quota);
  EXPECT_EQ(class_of("internal error", "quota exceeded"), FailureClass::service);
}

TEST(FailureClass, AMissingContainerIsOneEvenIfItCouldNotBeAccessed) {
  EXPECT_EQ(class_of("Could not access the container: it was not found"), FailureClass::container_not_found);
}

}  // namespace
}  // namespace iothub
